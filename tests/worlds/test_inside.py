"""The program beside the hub, part by part, on processes and sockets of this machine."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from harness.worlds.inside import addresses, ends, gate, packetfilter, probes, processes, rail, sockets
from harness.worlds.inside.processes import ProcessError

ME = os.getpid()
# Far more than any of this takes.
PATIENCE_S = 20.0

# A main process that has `argv[1]` children and starts another at SIGUSR1.
_MAIN = """
import signal, subprocess, sys
def begin(*_): subprocess.Popen(["sleep", "60"])
signal.signal(signal.SIGUSR1, begin)
for _ in range(int(sys.argv[1])): begin()
print("ready", flush=True)
while True: signal.pause()
"""

Started = Callable[[int], int]


@pytest.fixture
def started() -> Iterator[Started]:
    """Starts a main process with so many children; its pid."""
    running: list[subprocess.Popen[str]] = []

    def start(children: int) -> int:
        argv = [sys.executable, "-c", _MAIN, str(children)]
        running.append(subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, start_new_session=True))
        out = running[-1].stdout
        assert out is not None and out.readline() == "ready\n"
        return running[-1].pid

    yield start
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE_S)


def killed(pid: int, *, child: bool = False, name: str = "KILL") -> processes.Ended:
    return processes.end(main_pid=pid, sandbox_pid=ME, child=child, name=name, within_s=PATIENCE_S)


def test_a_process_is_killed_and_seen_to_be_gone(started: Started) -> None:
    pid = started(0)
    before_s = time.monotonic()
    ended = killed(pid)
    assert ended["pid"] == pid
    assert ended["ended_s"] is not None
    assert before_s <= ended["before_s"] <= ended["after_s"] <= ended["ended_s"] <= time.monotonic()


def test_the_only_child_is_killed_and_the_main_process_stays(started: Started) -> None:
    main_pid = started(1)
    (child,) = processes.living_children(main_pid=main_pid)
    assert killed(main_pid, child=True)["pid"] == child
    # It is dead, though its parent has not waited for it.
    assert processes.living_children(main_pid=main_pid) == []
    os.kill(main_pid, 0)


@pytest.mark.parametrize("children", [0, 2])
def test_which_child_is_meant_must_be_beyond_doubt(started: Started, children: int) -> None:
    with pytest.raises(ProcessError, match=r"exactly one child; it has (none|[0-9]+, [0-9]+)"):
        killed(started(children), child=True)


def test_a_process_of_another_host_is_never_touched(started: Started) -> None:
    pid = started(0)
    with pytest.raises(ProcessError, match="not one of the host's"):
        processes.end(main_pid=pid, sandbox_pid=0, child=False, name="KILL", within_s=1.0)
    os.kill(pid, 0)


def test_a_process_that_is_not_there_is_told(started: Started) -> None:
    pid = started(0)
    killed(pid)
    os.waitpid(pid, 0)
    with pytest.raises(ProcessError, match="does not run"):
        killed(pid)


def test_one_that_does_not_end_in_time_is_told_and_found_later(started: Started) -> None:
    pid = started(0)
    halted = processes.halt(main_pid=pid, sandbox_pid=ME, child=False)
    # A stopped process takes no SIGTERM.
    sent = processes.end(main_pid=pid, sandbox_pid=ME, child=False, name="TERM", within_s=0.05)
    assert sent["ended_s"] is None
    assert processes.gone(pid=pid, start_ticks=sent["start_ticks"], within_s=0.05) == []
    processes.resume(pid=pid, start_ticks=halted["start_ticks"], sandbox_pid=ME)
    assert len(processes.gone(pid=pid, start_ticks=sent["start_ticks"], within_s=PATIENCE_S)) == 1
    os.waitpid(pid, 0)
    assert len(processes.gone(pid=pid, start_ticks=sent["start_ticks"], within_s=0.05)) == 1


def test_a_halted_process_is_seen_to_stop_and_to_go_on(started: Started) -> None:
    main_pid = started(1)
    halted = processes.halt(main_pid=main_pid, sandbox_pid=ME, child=True)
    assert halted["states"] == "T"
    (resumed,) = processes.resume(pid=halted["pid"], start_ticks=halted["start_ticks"], sandbox_pid=ME)
    assert "T" not in resumed["states"]


def test_what_ended_while_it_was_halted_needs_no_resuming(started: Started) -> None:
    main_pid = started(1)
    halted = processes.halt(main_pid=main_pid, sandbox_pid=ME, child=True)
    killed(main_pid, child=True)
    assert processes.resume(pid=halted["pid"], start_ticks=halted["start_ticks"], sandbox_pid=ME) == []


def test_a_later_process_with_the_same_pid_is_another(started: Started) -> None:
    pid = started(0)
    assert processes.resume(pid=pid, start_ticks=1, sandbox_pid=ME) == []


def test_a_child_is_begun_by_a_signal_and_seen(started: Started) -> None:
    main_pid = started(0)
    begun = processes.begin_child(main_pid=main_pid, sandbox_pid=ME, name="USR1", within_s=PATIENCE_S)
    assert processes.living_children(main_pid=main_pid) == [begun["pid"]]
    assert begun["before_s"] <= begun["after_s"] <= begun["seen_s"]


def test_no_second_child_is_begun(started: Started) -> None:
    main_pid = started(1)
    begun = processes.begin_child(main_pid=main_pid, sandbox_pid=ME, name="USR1", within_s=PATIENCE_S)
    assert begun["before_s"] == begun["seen_s"]
    assert processes.living_children(main_pid=main_pid) == [begun["pid"]]


def test_a_child_that_does_not_come_is_told(started: Started) -> None:
    with pytest.raises(ProcessError, match="no child of process"):
        processes.begin_child(main_pid=started(0), sandbox_pid=ME, name="CONT", within_s=0.05)
    end = processes.begin_child(main_pid=started(0), sandbox_pid=ME, name="KILL", within_s=PATIENCE_S)
    assert end["pid"] == 0 and end["seen_s"] - end["before_s"] < PATIENCE_S


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket, int]]:
    """Both ends of a connection over loopback, and the port of its listener."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
        with near, far:
            yield near, far, listener.getsockname()[1]


def seen_at(port: int) -> sockets.Connection:
    """The end of the connection that was accepted there."""
    return next(row for row in sockets.look()["connections"] if row["local"] == f"127.0.0.1:{port}")


def test_a_connection_that_is_destroyed_is_reset_for_its_peer(
    pair: tuple[socket.socket, socket.socket, int],
) -> None:
    near, _, port = pair
    done = ends.destroy(places=[f"127.0.0.1:{port}"])
    assert done["count"] == 1
    assert done["before_s"] <= done["after_s"]
    near.settimeout(PATIENCE_S)
    with pytest.raises(ConnectionResetError):
        near.recv(1)
    assert ends.destroy(places=[f"127.0.0.1:{port}"])["count"] == 0


def test_a_connection_that_has_ended_meanwhile_takes_no_listener_with_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = listener.getsockname()
        with socket.create_connection(place) as near, listener.accept()[0]:
            (identity,) = sockets.identities([f"127.0.0.1:{place[1]}"])
            near.close()  # first: the other end is gone at once then
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4) as netlink:
            assert not ends.destroyed(netlink, identity)
        with socket.create_connection(place, timeout=PATIENCE_S), listener.accept()[0]:
            pass


def test_the_kernel_counts_the_pieces_in_which_bytes_left(
    pair: tuple[socket.socket, socket.socket, int],
) -> None:
    near, far, port = pair
    for _ in range(3):
        far.sendall(b"y" * 10)
        near.recv(10, socket.MSG_WAITALL)
    assert seen_at(port)["segments"] == 3


def test_the_kernel_counts_what_arrived_and_what_waits(
    pair: tuple[socket.socket, socket.socket, int],
) -> None:
    near, far, port = pair
    near.sendall(b"x" * 1000)
    row = seen_at(port)
    assert (row["received"], row["unread"]) == (1000, 1000)
    far.recv(1000, socket.MSG_WAITALL)
    before = row["acked"]
    far.sendall(b"y" * 500)
    near.recv(500, socket.MSG_WAITALL)
    row = seen_at(port)
    assert (row["acked"] - before, row["unread"], row["unsent"]) == (500, 0, 0)


def test_what_a_reader_does_not_take_waits_to_be_sent(pair: tuple[socket.socket, socket.socket, int]) -> None:
    _, far, port = pair
    far.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            far.send(b"z" * (1 << 20))
    assert seen_at(port)["unsent"] > 0


def test_what_is_written_counts_before_anybody_confirms_it(
    pair: tuple[socket.socket, socket.socket, int],
) -> None:
    _, far, port = pair
    far.setblocking(False)
    sent = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            sent += far.send(b"z" * (1 << 20))
    row = seen_at(port)
    assert row["acked"] < sent
    assert row["written"] == sent


def test_a_connection_that_ends_is_listed_apart_and_its_end_is_no_byte(
    pair: tuple[socket.socket, socket.socket, int],
) -> None:
    near, far, port = pair
    far.sendall(b"y" * 7)
    far.shutdown(socket.SHUT_WR)
    here = f"127.0.0.1:{port}"
    assert here not in [row["local"] for row in sockets.look()["connections"]]
    ending = {row["local"]: row for row in sockets.look()["ending"]}
    assert ending[here]["written"] == 7
    assert ending[f"127.0.0.1:{near.getsockname()[1]}"]["received"] == 7


def test_a_kernel_that_does_not_count_is_told() -> None:
    with pytest.raises(OSError, match=r"Linux 4\.19"):
        sockets._counters(bytes(72) + b"\x8c\x00\x02\x00" + bytes(136))
    assert sockets._counters(bytes(72)) is None


def test_listeners_are_listed_and_the_pipes_of_the_gate_are_not(
    pair: tuple[socket.socket, socket.socket, int],
) -> None:
    near, _, port = pair
    local = f"127.0.0.1:{near.getsockname()[1]}"
    assert f"127.0.0.1:{port}" in sockets.look()["listening"]
    assert local in [row["local"] for row in sockets.look()["connections"]]
    gate.ports.add(near.getsockname()[1])
    try:
        assert local not in [row["local"] for row in sockets.look()["connections"]]
    finally:
        gate.ports.clear()


def test_where_others_share_the_namespace_the_hub_s_own_sockets_alone_count(
    pair: tuple[socket.socket, socket.socket, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, port = pair
    place = f"127.0.0.1:{port}"
    monkeypatch.setattr(sockets, "holder_pid", ME)
    assert seen_at(port)
    assert place in sockets.look()["listening"]
    with subprocess.Popen(["sleep", "60"]) as other:
        monkeypatch.setattr(sockets, "holder_pid", other.pid)
        seen = sockets.look()
        other.kill()
    assert place not in seen["listening"]
    assert place not in [row["local"] for row in seen["connections"]]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probes from this very namespace: to enter another needs root."""
    monkeypatch.setattr(probes, "_network_of", lambda pid: contextlib.nullcontext())


def test_a_probe_meets_a_listener_a_refusal_or_silence(here: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as open_one, _deaf() as deaf:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nobody = closed.getsockname()[1]
        ports = (open_one.getsockname()[1], nobody, deaf)
        wanted = [probes.Probe(sandbox_pid=ME, address="127.0.0.1", port=port) for port in ports]
        assert probes.connect_all(probes=wanted, within_s=0.2) == ["connected", "refused", "silence"]


def test_a_probe_without_a_way_is_told(here: None) -> None:
    nowhere = probes.Probe(sandbox_pid=ME, address="255.255.255.255", port=1)
    assert probes.connect_all(probes=[nowhere], within_s=0.2) == ["unreachable"]


@contextlib.contextmanager
def _ending(how: ends.End) -> Iterator[probes.Probe]:
    """A service that ends its one connection so, once something was said there."""

    def serve() -> None:
        connection, _ = listener.accept()
        connection.recv(10)
        if how == "open":
            over.wait(PATIENCE_S)
        if how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield probes.Probe(sandbox_pid=ME, address="127.0.0.1", port=listener.getsockname()[1])
        over.set()
        thread.join()


@pytest.mark.parametrize("says", ["a byte", "goodbye"])
@pytest.mark.parametrize("how", ["reset", "ended", "open"])
def test_a_probe_tells_how_its_connection_ended(here: None, how: ends.End, says: ends.Says) -> None:
    within_s = 0.05 if how == "open" else PATIENCE_S
    with _ending(how) as probe:
        assert ends.how_they_end(probes=[probe], says=says, within_s=within_s) == [how]


def test_a_probe_that_is_refused_was_never_connected(here: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    probe = probes.Probe(sandbox_pid=ME, address="127.0.0.1", port=port)
    assert ends.how_they_end(probes=[probe], says="a byte", within_s=PATIENCE_S) == ["unmade"]


@contextlib.contextmanager
def _deaf() -> Iterator[int]:
    """A listener whose queue is full: it answers nothing any more."""
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(2):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_the_packet_filter_is_written_whole_in_one_transaction() -> None:
    written = packetfilter.ruleset(["198.18.0.102", "198.18.0.101"])
    assert written.index("add table") < written.index("delete table") < written.index("elements")
    assert "elements = { 198.18.0.101, 198.18.0.102 };" in written
    assert "elements" not in packetfilter.ruleset([])


def test_addresses_beside_one_that_is_not_there_are_refused() -> None:
    with pytest.raises(OSError):
        addresses.add([{"beside": "198.19.254.254", "add": ["198.19.254.253"]}])


# --- the power rail ---------------------------------------------------------------------------------------


def rail_asked(port: int, line: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as asking:
        asking.sendall(line)
        return asking.makefile("rb").readline()


def test_the_rail_asks_the_harness_for_who_shows_the_token_and_for_nobody_else() -> None:
    port = _free_port()
    rail.listen("127.0.0.1", port, "s3cret")
    right = b'{"token": "s3cret", "host": "n1", "order": "read"}\n'
    assert json.loads(rail_asked(port, right)) == {"error": "nobody has the power switches"}
    ours, theirs = socket.socketpair()
    serving = threading.Thread(target=rail.serve_harness, args=(theirs,), daemon=True)
    serving.start()
    lines = ours.makefile("rb")

    def answer() -> None:
        asked = json.loads(lines.readline())
        assert (asked["host"], asked["order"]) == ("n1", "read")
        ours.sendall(json.dumps({"id": asked["id"], "state": "Off"}).encode() + b"\n")

    answering = threading.Thread(target=answer, daemon=True)
    answering.start()
    said = b""
    deadline_s = time.monotonic() + PATIENCE_S
    while b"Off" not in said and time.monotonic() < deadline_s:
        said = rail_asked(port, right)  # the harness may not be heard of yet
    assert json.loads(said) == {"state": "Off"}
    for wrong in (b'{"token": "x", "host": "n1", "order": "read"}\n', b"nonsense\n", b"[]\n", b"\n"):
        assert rail_asked(port, wrong) == b""
    ours.shutdown(socket.SHUT_RDWR)
    serving.join(PATIENCE_S)
    lines.close()
    ours.close()
    theirs.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
