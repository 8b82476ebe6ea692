"""The resident as a real process on loopback, and the harness's end of it: gate, token, calls, failures."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.model.errors import WorldError
from harness.worlds.faults.resident import Resident
from harness.worlds.inside import resident as program

TOKEN = "s3cret"
PROGRAM = (sys.executable, "-m", "harness.worlds.inside.resident", "--host", "127.0.0.1")
# Far more than any of this takes; what it guards against is "never".
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Of one resident for all tests of this file."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free: int = probe.getsockname()[1]
    environment = os.environ | {"FAILOVER_DRILL_TOKEN": TOKEN}
    process = subprocess.Popen([*PROGRAM, "--port", str(free)], env=environment)
    try:
        starting = Resident("127.0.0.1", free, TOKEN)
        starting.wait_until_ready(PATIENCE_S)
        starting.close()
        yield free
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def resident(port: int) -> Iterator[Resident]:
    made = Resident("127.0.0.1", port, TOKEN)
    yield made
    made.close()


@contextmanager
def host(*, says: bytes = b"", answers: bool = True) -> Iterator[int]:
    """A host's port: it may speak first, and answers the whole of what it was sent once that has ended."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(says)
                heard = b"".join(iter(lambda: connection.recv(1 << 16), b""))
                if answers:
                    connection.sendall(heard[::-1])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def _send_all(connection: socket.socket, sent: bytes) -> None:
    connection.sendall(sent)
    connection.shutdown(socket.SHUT_WR)


def whole(connection: socket.socket) -> bytes:
    connection.settimeout(PATIENCE_S)
    return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def test_the_gate_is_a_raw_pipe_that_loses_no_byte_and_passes_an_end_on(resident: Resident) -> None:
    sent = os.urandom(300_000)
    with host(says=b"welcome") as port, resident.dial("127.0.0.1", port) as connection:
        writer = threading.Thread(target=_send_all, args=(connection, sent))
        writer.start()
        assert whole(connection) == b"welcome" + sent[::-1]
        writer.join()


def test_an_observer_that_goes_away_ends_the_hosts_connection_too(resident: Resident) -> None:
    # The host's thread ends, which host() asserts.
    with host(answers=False) as port:
        resident.dial("127.0.0.1", port).close()


def test_a_port_where_nobody_listens_is_told_with_its_reason(resident: Resident) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
    with pytest.raises(ConnectionError, match=rf"127.0.0.1:{nobody} cannot be reached: .*refused"):
        resident.dial("127.0.0.1", nobody)


@pytest.mark.parametrize(
    "line",
    [
        b'{"token": "wrong", "injector": true}\n{"do": "ready"}\n',
        b'{"injector": true}\n{"do": "ready"}\n',
        b'{"token": null, "injector": true}\n{"do": "ready"}\n',
        b'{"token": "s3cret", "else": true}\n{"do": "ready"}\n',
        b'["s3cret"]\n',
        b"GET / HTTP/1.1\r\n",
        b"\xff\xfe\n",
        b"x" * 10_000,
    ],
)
def test_without_the_token_and_a_wish_a_connection_is_closed_without_a_word(port: int, line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(line)
        heard = bytearray()
        # Closed before all of it was read, it is reset.
        with contextlib.suppress(ConnectionResetError):
            heard += whole(connection)
        assert heard == b""


def test_a_connection_that_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_FIRST_LINE_WITHIN_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=program.serve, args=(listener, TOKEN), daemon=True).start()
        with socket.create_connection(listener.getsockname()) as connection:
            assert whole(connection) == b""
        listener.shutdown(socket.SHUT_RDWR)


def test_a_stranger_opens_no_gate(port: int) -> None:
    with host(answers=False) as behind:
        with pytest.raises(OSError, match=r"closed|reset"):
            Resident("127.0.0.1", port, "wrong").dial("127.0.0.1", behind)
        socket.create_connection(("127.0.0.1", behind)).close()


def test_a_process_is_ended_with_stamps_of_the_shared_clock(resident: Resident) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        before_s = time.monotonic()
        ended = resident.end(process.pid, os.getpid(), child=False, name="KILL", within_s=PATIENCE_S)
    assert ended.ended_s is not None
    assert before_s <= ended.before_s <= ended.after_s <= ended.ended_s <= time.monotonic()


def test_one_call_that_takes_long_does_not_hold_up_another(resident: Resident) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        halted = resident.halt(process.pid, os.getpid(), child=False)
        patient = threading.Thread(
            target=resident.end,
            args=(process.pid, os.getpid()),
            kwargs={"child": False, "name": "TERM", "within_s": PATIENCE_S},
        )
        patient.start()
        # SIGTERM waits in a stopped process, so the call above can only end after this one.
        assert resident.resume(halted, os.getpid()) is not None
        patient.join(PATIENCE_S)
        assert not patient.is_alive()


def test_what_cannot_be_done_is_told_in_words(resident: Resident) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        with pytest.raises(WorldError, match="should have exactly one child; it has none"):
            resident.halt(process.pid, os.getpid(), child=True)
        process.kill()
        # The connection is still good.
        assert resident.living_children(process.pid) == ()


def test_the_hubs_sockets_are_told_without_the_gates_own(resident: Resident) -> None:
    with host(answers=False) as port, resident.dial("127.0.0.1", port):
        seen = resident.sockets()
        assert f"127.0.0.1:{port}" in seen.listening
        # The host's end is there; the gate's, whose peer that is, is not.
        assert [leg.local for leg in seen.connections if leg.local == f"127.0.0.1:{port}"]
        assert not [leg for leg in seen.connections if leg.remote == f"127.0.0.1:{port}"]


def test_waiting_for_a_resident_that_never_comes_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
    with pytest.raises(WorldError, match="did not answer to 'ready'"):
        Resident("127.0.0.1", nobody, TOKEN).wait_until_ready(0.1)


@pytest.mark.parametrize("answer", [b"nonsense\n", b'{"ok": {"addresses": 1}}\n', b"{}\n", b"[1]\n"])
def test_an_answer_that_does_not_fit_is_told_with_its_cure(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        other = Resident("127.0.0.1", listener.getsockname()[1], TOKEN)
        with pytest.raises(WorldError, match=r"answered 'lost' with nonsense.*failover-drill setup"):
            other.lost()
        other.close()
        thread.join(PATIENCE_S)


@pytest.mark.parametrize(
    ("environment", "says", "code"),
    [
        ({}, "FAILOVER_DRILL_TOKEN is not set", 2),
        (
            {
                "FAILOVER_DRILL_TOKEN": TOKEN,
                "FAILOVER_DRILL_MESH": '[{"beside": "198.19.254.254", "add": ["198.19.254.253"]}]',
            },
            "the resident cannot start",
            3,
        ),
        ({"FAILOVER_DRILL_TOKEN": TOKEN, "FAILOVER_DRILL_MESH": "nonsense"}, "the resident cannot start", 3),
    ],
)
def test_a_resident_that_cannot_serve_says_why_and_ends(
    environment: dict[str, str], says: str, code: int
) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("FAILOVER_DRILL")}
    ended = subprocess.run(
        [*PROGRAM, "--port", "0"], env=clean | environment, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert (ended.returncode, says in ended.stderr) == (code, True)
