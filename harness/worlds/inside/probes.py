"""Connects from a host's own network namespace: what its programs would meet now. Sends no byte."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Literal, TypedDict

from .processes import HERE

Met = Literal["connected", "refused", "silence", "unreachable"]

_REFUSED = (errno.ECONNREFUSED, errno.ECONNRESET)


class Probe(TypedDict):
    """From the namespace of this process, to this address and port; HERE: from the prober's own."""

    sandbox_pid: int
    address: str
    port: int


def connect_all(*, probes: Sequence[Probe], within_s: float) -> list[Met]:
    """What each met, in their order; all at once. Those that nothing answers take all of within_s."""
    with contextlib.ExitStack() as open_ones:
        sockets = [open_ones.enter_context(begun(probe)) for probe in probes]
        waiting = {connection.fileno(): connection for connection in sockets}
        poll = select.poll()
        for number in waiting:
            poll.register(number, select.POLLOUT)
        deadline_s = time.monotonic() + within_s
        while waiting and (left_s := deadline_s - time.monotonic()) > 0:
            for number, _ in poll.poll(left_s * 1000):
                poll.unregister(number)
                del waiting[number]
        return [_met(connection, connection.fileno() in waiting) for connection in sockets]


def begun(probe: Probe) -> socket.socket:
    """A connect under way, from the probe's namespace; what goes wrong is found at the socket."""
    there = _network_of(probe["sandbox_pid"]) if probe["sandbox_pid"] != HERE else contextlib.nullcontext()
    with there:
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    connection.setblocking(False)
    # What goes wrong at once is found in SO_ERROR or by asking for the peer, as is what goes wrong later.
    with contextlib.suppress(OSError):
        connection.connect((probe["address"], probe["port"]))
    return connection


def _met(connection: socket.socket, waiting: bool) -> Met:
    if waiting:
        return "silence"
    error = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error in _REFUSED:
        return "refused"
    try:
        connection.getpeername()
    except OSError:
        return "unreachable"
    return "unreachable" if error else "connected"


@contextlib.contextmanager
def _network_of(pid: int) -> Iterator[None]:
    """This thread, in that process's network namespace, and back. Sockets stay where they were made."""
    if sys.version_info < (3, 12):
        raise OSError("to enter a network namespace needs Python 3.12 or newer")
    else:
        own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            there = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
            try:
                os.setns(there, os.CLONE_NEWNET)
            finally:
                os.close(there)
            try:
                yield
            finally:
                os.setns(own, os.CLONE_NEWNET)
        finally:
            os.close(own)
