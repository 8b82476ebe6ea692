"""The harness's end of the program beside the hub: connections through its gate, and its injector's calls.

What the answers mean is written where they are made: harness.worlds.inside.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Collection, Sequence
from typing import Literal, TypeVar

import msgspec

from harness.model.errors import WorldError
from harness.worlds.faults.answers import (
    Begun,
    Destroyed,
    Disks,
    End,
    Ended,
    Followed,
    Kills,
    Lost,
    Met,
    Probe,
    Processor,
    Ready,
    Says,
    Settled,
    Sockets,
    Stamped,
    Traced,
    Volunteer,
)

_CONNECT_WITHIN_S = 3.0
_ANSWER_WITHIN_S = 5.0
_START_PAUSE_S = 0.05
_LINE_MAX = 1 << 22
_REASON_MAX = 300

T = TypeVar("T")


class Resident:
    """Every call raises WorldError. Threads may share it: each call has a connection to itself."""

    def __init__(self, address: str, port: int, token: str) -> None:
        self._address, self._port, self._token = address, port, token
        self._idle: list[socket.socket] = []
        self._lock = threading.Lock()

    def wait_until_ready(self, within_s: float) -> None:
        """Until it answers: then the hub has all of its addresses."""
        deadline_s = time.monotonic() + within_s
        while True:
            try:
                self._call("ready", Ready)
                return
            except WorldError:
                if time.monotonic() > deadline_s:
                    raise
                time.sleep(_START_PAUSE_S)

    def dial(self, host_address: str, port: int) -> socket.socket:
        """A connection to a port of a host that no fault touches. Raises OSError when there is none."""
        connection = self._opened({"gate": [host_address, port]})
        try:
            # Not a byte beyond the first: what follows is the host's.
            said = connection.recv(1)
            if said == b"+":
                connection.settimeout(None)
                return connection
            reason = connection.recv(_REASON_MAX).decode(errors="replace") if said else "the gate is closed"
            raise ConnectionError(f"{host_address}:{port} cannot be reached: {reason}")
        except BaseException:
            connection.close()
            raise

    def end(
        self, main_pid: int, sandbox_pid: int, *, child: bool, name: Literal["KILL", "TERM"], within_s: float
    ) -> Ended:
        """Signal the main process, or its only child, and watch it go."""
        return self._call(
            "end",
            Ended,
            limit_s=within_s + _ANSWER_WITHIN_S,
            main_pid=main_pid,
            sandbox_pid=sandbox_pid,
            child=child,
            name=name,
            within_s=within_s,
        )

    def gone(self, ended: Ended, *, within_s: float) -> Ended:
        """The same with ended_s, when it ends now: for what was signalled without waiting."""
        seen = self._call(
            "gone",
            tuple[float, ...],
            limit_s=within_s + _ANSWER_WITHIN_S,
            pid=ended.pid,
            start_ticks=ended.start_ticks,
            within_s=within_s,
        )
        return msgspec.structs.replace(ended, ended_s=seen[0] if seen else None)

    def halt(self, main_pid: int, sandbox_pid: int, *, child: bool) -> Settled:
        """SIGSTOP; states tells whether all of its threads took it."""
        return self._call("halt", Settled, main_pid=main_pid, sandbox_pid=sandbox_pid, child=child)

    def resume(self, halted: Settled, sandbox_pid: int) -> Settled | None:
        """SIGCONT; None when the process has ended meanwhile."""
        answer = self._call(
            "resume",
            tuple[Settled, ...],
            pid=halted.pid,
            start_ticks=halted.start_ticks,
            sandbox_pid=sandbox_pid,
        )
        return answer[0] if answer else None

    def states(self, halted: Settled) -> str:
        """The letters of its threads now; empty when it has ended meanwhile."""
        return self._call("states", str, pid=halted.pid, start_ticks=halted.start_ticks)

    def begin_child(self, main_pid: int, sandbox_pid: int, *, name: str, within_s: float) -> Begun:
        """Have the main process start its child, and wait until that runs."""
        return self._call(
            "begin_child",
            Begun,
            limit_s=within_s + _ANSWER_WITHIN_S,
            main_pid=main_pid,
            sandbox_pid=sandbox_pid,
            name=name,
            within_s=within_s,
        )

    def living_children(self, main_pid: int) -> tuple[int, ...]:
        return self._call("living_children", tuple[int, ...], main_pid=main_pid)

    def freezer(self, pid: int, *, frozen: bool, within_s: float) -> str:
        """The freezer's own word, once it is as wanted."""
        return self._call("freezer", str, pid=pid, frozen=frozen, within_s=within_s)

    def lose(self, addresses: Sequence[str]) -> Stamped:
        """From now on the packets of these addresses vanish, and of no others."""
        return self._call("lose", Stamped, addresses=sorted(addresses))

    def lost(self) -> Lost:
        """After the first lose."""
        return self._call("lost", Lost)

    def connect_all(self, probes: Sequence[Probe], *, within_s: float) -> tuple[Met, ...]:
        """What a program of each host would meet now, in the order of the probes."""
        return self._call(
            "connect_all", tuple[Met, ...], probes=[msgspec.to_builtins(p) for p in probes], within_s=within_s
        )

    def how_they_end(self, probes: Sequence[Probe], *, says: Says, within_s: float) -> tuple[End, ...]:
        """What becomes of connections on which that is said, in the order of the probes."""
        return self._call(
            "how_they_end",
            tuple[End, ...],
            limit_s=within_s + _ANSWER_WITHIN_S,
            probes=[msgspec.to_builtins(p) for p in probes],
            says=says,
            within_s=within_s,
        )

    def destroy(self, places: Collection[str]) -> Destroyed:
        """Reset all that is connected to the hub at these `address:port`."""
        return self._call("destroy", Destroyed, places=sorted(places))

    def follow(self, places: Collection[str], upstreams: Collection[str], *, for_s: float) -> Followed:
        """The hub's connections made to these places or leading to these upstreams, for so long."""
        return self._call(
            "follow",
            Followed,
            limit_s=for_s + _ANSWER_WITHIN_S,
            places=sorted(places),
            upstreams=sorted(upstreams),
            for_s=for_s,
        )

    def sockets(self) -> Sockets:
        return self._call("sockets", Sockets)

    def processor(self, pid: int) -> Processor:
        """Of the container that this process runs in."""
        return self._call("processor", Processor, pid=pid)

    def memory(self, pid: int) -> Kills:
        return self._call("memory", Kills, pid=pid)

    def volunteer(self, main_pid: int, sandbox_pid: int, *, child: bool) -> Volunteer:
        """From now on the kernel kills this one first when its container has no memory left."""
        return self._call("volunteer", Volunteer, main_pid=main_pid, sandbox_pid=sandbox_pid, child=child)

    def trace(self, sandbox_pid: int, injection: str) -> Traced:
        """strace on every program of the host. injection: its words for what becomes of an fsync."""
        return self._call(
            "trace", Traced, limit_s=2 * _ANSWER_WITHIN_S, sandbox_pid=sandbox_pid, injection=injection
        )

    def traced(self, tracer: int) -> Traced:
        return self._call("traced", Traced, tracer=tracer)

    def untrace(self, tracer: int) -> Traced:
        return self._call("untrace", Traced, limit_s=2 * _ANSWER_WITHIN_S, tracer=tracer)

    def disks(self, sandbox_pid: int) -> Disks:
        """A byte is written on each, and taken away again."""
        return self._call("disks", Disks, sandbox_pid=sandbox_pid)

    def fill(self, sandbox_pid: int) -> Disks:
        return self._call("fill", Disks, limit_s=2 * _ANSWER_WITHIN_S, sandbox_pid=sandbox_pid)

    def make_room(self, sandbox_pid: int) -> Disks:
        return self._call("make_room", Disks, sandbox_pid=sandbox_pid)

    def rail(self) -> socket.socket:
        """A connection on which a fence device's requests come. Raises OSError."""
        connection = self._opened({"rail": True})
        connection.settimeout(None)
        return connection

    def close(self) -> None:
        """Safe to call twice; connections that were dialled stay."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _call(self, do: str, kind: type[T], *, limit_s: float = _ANSWER_WITHIN_S, **fields: object) -> T:
        """One line there, one back. Never sent twice: some of it must not happen twice."""
        line = json.dumps({"do": do} | fields).encode() + b"\n"
        try:
            connection = self._taken()
            try:
                connection.settimeout(limit_s)
                connection.sendall(line)
                answer = _line(connection)
            except BaseException:
                connection.close()
                raise
        except OSError as error:
            raise WorldError(
                f"the injector beside the hub did not answer to '{do}' ({error or type(error).__name__}); "
                "the log of its container says more"
            ) from error
        with self._lock:
            self._idle.append(connection)
        return _decoded(do, answer, kind)

    def _taken(self) -> socket.socket:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._opened({"injector": True})

    def _opened(self, wish: dict[str, object]) -> socket.socket:
        connection = socket.create_connection((self._address, self._port), timeout=_CONNECT_WITHIN_S)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(json.dumps({"token": self._token} | wish).encode() + b"\n")
        except BaseException:
            connection.close()
            raise
        return connection


def _line(connection: socket.socket) -> bytes:
    """The answer; nothing else can follow it. Raises OSError."""
    answer = bytearray()
    while not answer.endswith(b"\n"):
        chunk = connection.recv(1 << 16)
        if not chunk or len(answer) > _LINE_MAX:
            raise ConnectionError("it closed the connection")
        answer += chunk
    return bytes(answer)


def _decoded(do: str, answer: bytes, kind: type[T]) -> T:
    try:
        table = msgspec.json.decode(answer, type=dict[str, msgspec.Raw])
        if "ok" in table:
            return msgspec.json.decode(table["ok"], type=kind)
        raise WorldError(msgspec.json.decode(table["error"], type=str))
    except (msgspec.DecodeError, KeyError) as error:
        raise WorldError(
            f"the injector beside the hub answered '{do}' with nonsense ({error}): "
            "`failover-drill setup` makes the image that fits this version"
        ) from error
