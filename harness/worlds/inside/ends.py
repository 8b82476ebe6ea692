"""How connections from a host's own network namespace end, and the ends that the kernel makes of others."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import time
from collections.abc import Collection, Sequence
from typing import Literal, TypedDict

from . import sockets
from .probes import Probe, begun

End = Literal["reset", "ended", "open", "unmade"]
Says = Literal["a byte", "goodbye"]

_NETLINK_SOCK_DIAG, _SOCK_DESTROY, _ERROR = 4, 21, 2
_REQUEST_ACK = 0x05
_HEADER = struct.Struct("=IHHII")
_WISH = struct.Struct("=BBBxI48s")
_ANSWER_WITHIN_S = 2.0
_RESET = (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED)


class Destroyed(TypedDict):
    """Raw CLOCK_MONOTONIC before the first and after the last; how many there still were."""

    before_s: float
    after_s: float
    count: int


def how_they_end(*, probes: Sequence[Probe], says: Says, within_s: float) -> list[End]:
    """Each connects, says a byte or that it has no more to say, and waits; in their order, all at once.

    open: it is so after within_s. unmade: it never was connected.
    """
    connections = [begun(probe) for probe in probes]
    try:
        deadline_s = time.monotonic() + within_s
        early = [_said(connection, says, deadline_s) for connection in connections]
        return [
            end or _end(connection, deadline_s) for connection, end in zip(connections, early, strict=True)
        ]
    finally:
        for connection in connections:
            connection.close()


def _said(connection: socket.socket, says: Says, deadline_s: float) -> End | None:
    """Its end, where that came first: a service that greets whoever comes may have said the first byte."""
    _, writable, _ = select.select([], [connection], [], max(0.0, deadline_s - time.monotonic()))
    if not writable:
        return "unmade"
    # A connect that is refused meets ECONNREFUSED, and never one of those.
    number = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        return "reset" if number in _RESET else "unmade"
    try:
        if says == "a byte":
            connection.send(b"\n")
        else:
            connection.shutdown(socket.SHUT_WR)
    except OSError as error:
        if error.errno in _RESET:
            return "reset"
        raise
    return None


def _end(connection: socket.socket, deadline_s: float) -> End:
    """What the service says of itself is passed over."""
    while True:
        readable, _, _ = select.select([connection], [], [], max(0.0, deadline_s - time.monotonic()))
        if not readable:
            return "open"
        try:
            if not connection.recv(1 << 16):
                return "ended"
        except OSError as error:
            if error.errno in _RESET:
                return "reset"
            raise


def destroy(*, places: Collection[str]) -> Destroyed:
    """Reset all that is connected at these local `address:port`: the peer meets RST. Raises OSError.

    Each by the kernel's own cookie: by its addresses alone, one that has just ended by itself would stand
    for the listener, and that would be gone.
    """
    before_s, count = time.monotonic(), 0
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
        netlink.settimeout(_ANSWER_WITHIN_S)
        for identity in sockets.identities(places):
            count += destroyed(netlink, identity)
    return {"before_s": before_s, "after_s": time.monotonic(), "count": count}


def destroyed(netlink: socket.socket, identity: bytes) -> bool:
    """Whether there still was such a connection."""
    wish = _WISH.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, sockets.ESTABLISHED_ALONE, identity)
    netlink.send(_HEADER.pack(_HEADER.size + len(wish), _SOCK_DESTROY, _REQUEST_ACK, 0, 0) + wish)
    answer = netlink.recv(1 << 16)
    _, kind, *_ = _HEADER.unpack_from(answer)
    number = -struct.unpack_from("=i", answer, _HEADER.size)[0] if kind == _ERROR else 0
    if number in (0, errno.ENOENT):
        return not number
    raise OSError(number, f"the kernel resets no connections: {os.strerror(number)}")
