"""The kernel's own account of this namespace's TCP connections, over netlink (sock_diag, as `ss` does it).

Toxiproxy's counters do not serve: it adds a connection's bytes when that ends, so they stand still anyway.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from typing import TypedDict

from . import gate

_NETLINK_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY = 4, 20
_REQUEST_DUMP = 0x301
_DONE, _ERROR = 3, 2
_INFO = 2
_ESTABLISHED, _LISTEN = 1, 10
_HEADER = struct.Struct("=IHHII")
_QUESTION = struct.Struct("=BBBxI48x")
_ROW = struct.Struct("=BBBB HH 16s 16s III IIIII")
_ATTRIBUTE = struct.Struct("=HH")
_COUNTERS = struct.Struct("=QQ")
_COUNTERS_AT = 120  # tcpi_bytes_acked, tcpi_bytes_received in struct tcp_info
_CHUNK = 1 << 18
_ANSWER_WITHIN_S = 2.0


class Connection(TypedDict):
    """An established connection of the hub's. local, remote: `address:port`.

    acked, received: bytes that the peer's kernel has confirmed, and that came from it, since the beginning.
    unread: bytes waiting here for who holds the socket. unsent: for the peer, or for its confirmation.
    """

    local: str
    remote: str
    acked: int
    received: int
    unread: int
    unsent: int


class Sockets(TypedDict):
    """listening: `address:port` of every listener."""

    listening: list[str]
    connections: list[Connection]


def look() -> Sockets:
    """Without the gate's own pipes. Raises OSError."""
    found: Sockets = {"listening": [], "connections": []}
    for message in _dump():
        _take(message, found)
    found["listening"].sort()
    return found


def _dump() -> Iterator[bytes]:
    """The body of each message of the kernel's answer."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
        netlink.settimeout(_ANSWER_WITHIN_S)
        states = 1 << _ESTABLISHED | 1 << _LISTEN
        question = _QUESTION.pack(socket.AF_INET, socket.IPPROTO_TCP, 1 << (_INFO - 1), states)
        header = _HEADER.pack(
            _HEADER.size + len(question), _SOCK_DIAG_BY_FAMILY, _REQUEST_DUMP, os.getpid() & 0x7FFF, 0
        )
        netlink.send(header + question)
        while True:
            chunk = netlink.recv(_CHUNK)
            while chunk:
                length, kind, *_ = _HEADER.unpack_from(chunk)
                if kind == _DONE:
                    return
                if kind == _ERROR:
                    number = -struct.unpack_from("=i", chunk, _HEADER.size)[0]
                    raise OSError(number, f"the kernel does not list connections: {os.strerror(number)}")
                yield chunk[_HEADER.size : length]
                chunk = chunk[(length + 3) & ~3 :]


def _take(message: bytes, found: Sockets) -> None:
    _, state, _, _, sport, dport, source, destination, *rest = _ROW.unpack_from(message)
    local_port, remote_port = socket.ntohs(sport), socket.ntohs(dport)
    local = f"{socket.inet_ntoa(source[:4])}:{local_port}"
    if state == _LISTEN:
        found["listening"].append(local)
    elif local_port not in gate.ports:
        _, unread, unsent, _, _ = rest[3:]
        acked, received = _counters(message)
        found["connections"].append(
            {
                "local": local,
                "remote": f"{socket.inet_ntoa(destination[:4])}:{remote_port}",
                "acked": acked,
                "received": received,
                "unread": unread,
                "unsent": unsent,
            }
        )


def _counters(message: bytes) -> tuple[int, int]:
    """acked, received; zeros from a kernel that does not count (before 4.1)."""
    at = _ROW.size
    while at + _ATTRIBUTE.size <= len(message):
        length, kind = _ATTRIBUTE.unpack_from(message, at)
        if kind == _INFO and length >= _ATTRIBUTE.size + _COUNTERS_AT + _COUNTERS.size:
            acked, received = _COUNTERS.unpack_from(message, at + _ATTRIBUTE.size + _COUNTERS_AT)
            return acked, received
        at += max((length + 3) & ~3, _ATTRIBUTE.size)
    return 0, 0
