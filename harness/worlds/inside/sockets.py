"""The kernel's own account of this namespace's TCP connections, over netlink (sock_diag, as `ss` does it).

Toxiproxy's counters do not serve: it adds a connection's bytes when that ends, so they stand still anyway.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TypedDict

from . import gate

_NETLINK_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY = 4, 20
_REQUEST_DUMP = 0x301
_DONE, _ERROR = 3, 2
_INFO = 2
_ESTABLISHED, _LISTEN = 1, 10
# FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK, CLOSING: one side has said that it is through.
_ENDING = (4, 5, 8, 9, 11)
# The peer has, and the kernel counts that as a byte that came from it.
_PEER_THROUGH = (8, 9, 11)
ESTABLISHED_ALONE = 1 << _ESTABLISHED
_HEADER = struct.Struct("=IHHII")
_QUESTION = struct.Struct("=BBBxI48x")
_ROW = struct.Struct("=BBBB HH 16s 16s III IIIII")
_IDENTITY = slice(4, 52)  # addresses, interface and cookie in that
_ATTRIBUTE = struct.Struct("=HH")
# Of struct tcp_info: tcpi_bytes_acked, tcpi_bytes_received; tcpi_notsent_bytes; tcpi_data_segs_out;
# tcpi_bytes_sent (which counts no SYN and no FIN), tcpi_bytes_retrans. The kernel reads them under one lock.
_COUNTERS = struct.Struct("=120x QQ 8x I 8x I 40x QQ")
_CHUNK = 1 << 18
_ANSWER_WITHIN_S = 2.0


class Connection(TypedDict):
    """A connection of the hub's. local, remote: `address:port`.

    acked, received: bytes that the peer's kernel has confirmed, and that came from it, since the beginning.
    written: bytes that who holds the socket has given it; a kernel may confirm them 40 ms late.
    segments: in how many pieces bytes left for the peer.
    unread: bytes waiting here for who holds the socket. unsent: for the peer, or for its confirmation.
    """

    local: str
    remote: str
    acked: int
    received: int
    written: int
    segments: int
    unread: int
    unsent: int


class Sockets(TypedDict):
    """listening: `address:port` of every listener. connections: established. ending: no more, not gone."""

    listening: list[str]
    connections: list[Connection]
    ending: list[Connection]


# Where the hub has no namespace to itself: its process, whose sockets alone count. 0: all that are here.
holder_pid = 0


def look() -> Sockets:
    """Without the gate's own pipes. Raises OSError."""
    found: Sockets = {"listening": [], "connections": [], "ending": []}
    messages = list(_dump())
    # Looked at last: what was opened meanwhile is in no message, and of none that is there it is missing.
    held = _held_by(holder_pid) if holder_pid else None
    for message in messages:
        if held is None or _ROW.unpack_from(message)[-1] in held:
            _take(message, found)
    found["listening"].sort()
    return found


def _held_by(pid: int) -> set[int]:
    """The numbers of its sockets, and 0: what nobody holds any more is only ending."""
    numbers = {0}
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed just now
            kind, _, number = f"{entry.readlink()}".partition(":")
            if kind == "socket":
                numbers.add(int(number.strip("[]")))
    return numbers


def identities(places: Collection[str]) -> list[bytes]:
    """Of what is connected at these local `address:port`: by which the kernel knows it again."""
    return [
        message[_IDENTITY] for message in _dump() if message[1] == _ESTABLISHED and _local(message) in places
    ]


def _local(message: bytes) -> str:
    _, _, _, _, port, _, address, *_ = _ROW.unpack_from(message)
    return f"{socket.inet_ntoa(address[:4])}:{socket.ntohs(port)}"


def _dump() -> Iterator[bytes]:
    """The body of each message of the kernel's answer."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
        netlink.settimeout(_ANSWER_WITHIN_S)
        states = sum(1 << state for state in (_ESTABLISHED, _LISTEN, *_ENDING))
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
    elif local_port not in gate.ports and (counters := _counters(message)) is not None:
        _, unread, unsent, _, _ = rest[3:]
        acked, received, written, segments = counters
        found["ending" if state in _ENDING else "connections"].append(
            {
                "local": local,
                "remote": f"{socket.inet_ntoa(destination[:4])}:{remote_port}",
                "acked": acked,
                "received": received - (state in _PEER_THROUGH),
                "written": written,
                "segments": segments,
                "unread": unread,
                "unsent": unsent,
            }
        )


def _counters(message: bytes) -> tuple[int, int, int, int] | None:
    """acked, received, written, segments; None of what is over, and only waits for its peer's end.

    Raises OSError where the kernel does not count: zeros prove nothing.
    """
    at = _ROW.size
    while at + _ATTRIBUTE.size <= len(message):
        length, kind = _ATTRIBUTE.unpack_from(message, at)
        if kind == _INFO:
            if length < _ATTRIBUTE.size + _COUNTERS.size:
                raise OSError(
                    "the kernel does not count what connections carry: Linux 4.19 and newer ones do"
                )
            acked, received, not_sent, segments, sent, again = _COUNTERS.unpack_from(
                message, at + _ATTRIBUTE.size
            )
            return acked, received, sent - again + not_sent, segments
        at += max((length + 3) & ~3, _ATTRIBUTE.size)
    return None
