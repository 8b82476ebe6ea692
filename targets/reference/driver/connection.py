"""One TCP connection between hosts, or from a client. Drops what it cannot send.

state     event                                        -> state
accepted  a client's hello: no proof, and no other name     client  the machine hears what clients may say
accepted  a hello that answers the challenge                proven  and what a host or an operator may say
dialled   the hello of whom it was dialled to               proven  answers its challenge, then what waited
any       anything else before a hello; another hello       closed
any       no frame, one too large, one that takes too long  closed

Nobody is believed for its name: who dialled shows the token, and whoever was dialled is at the address that
the settings' name leads to.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
from collections.abc import Callable
from typing import Literal, cast, get_args

from harness.workloads import challenge
from targets.reference.driver.visits import address_of
from targets.reference.driver.wire import (
    CLIENT,
    CLIENT_BYTES_MAX,
    FRAME_BYTES_MAX,
    HELLO_BYTES_MAX,
    Frame,
    Hello,
    Ping,
    Pong,
    Splitter,
    TooLargeError,
    encode,
)
from targets.reference.machines.words.messages import Message

_UNSENT_BYTES_MAX = 8 << 20
_CLIENT_UNSENT_BYTES_MAX = 1 << 20
_HELD_MAX = 1000
# So many frames are taken before the loop turns to whatever else is due. A client's are many or none.
_CLIENT_FRAMES_AT_ONCE, _FRAMES_AT_ONCE = 8, 256

# The fault of who spoke; and whatever else ends a connection.
Refusal = Literal[
    "not understood", "too large", "too slow", "too many", "not allowed", "wrong token", "another host"
]
Closed = Refusal | Literal["the other end", "silent", "idle", "hung up", "ended here", "too large to send"]
REFUSED: frozenset[str] = frozenset(get_args(Refusal))

_ids = itertools.count(1)


class Connection(asyncio.Protocol):
    """Either end. dials: to whom it was dialled; empty: it was accepted."""

    def __init__(
        self,
        own: str,
        *,
        token: str,
        received: Callable[[Connection, Message], None],
        gone: Callable[[Connection], None],
        dials: str = "",
        greeted: Callable[[Connection], None] = lambda connection: None,
        believes_all: bool = False,
    ) -> None:
        """greeted: the other end is known now. believes_all: whoever says a hello is taken for proven."""
        self.id, self.peer, self.dials, self.is_proven = f"c{next(_ids)}", "", dials, False
        self.began_s = self.heard_s = time.monotonic()
        self.half_since_s: float | None = None
        self.lost = asyncio.Event()
        self.closed_for: Closed = "the other end"
        self.address = ""
        self._own, self._token, self._believes_all = own, token, believes_all
        self._received, self._gone, self._greeted = received, gone, greeted
        self._challenge = "" if dials else challenge.challenge()
        self._splitter = Splitter(FRAME_BYTES_MAX if dials else HELLO_BYTES_MAX)
        self._held: list[Frame] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        end: socket.socket = transport.get_extra_info("socket")
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.address = address_of(transport)
        if not self.dials:
            self._write(Hello(self._own, self._challenge))

    def data_received(self, data: bytes) -> None:
        self.heard_s = time.monotonic()
        self._splitter.add(data)
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.lost.set()
        self._gone(self)

    def send(self, frame: Frame) -> None:
        """What was dialled says nothing before it knows to whom."""
        if self.dials and not self.peer:
            if len(self._held) < _HELD_MAX:
                self._held.append(frame)
        else:
            self._write(frame)

    def abort(self, reason: Closed) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self.closed_for = reason
            self._transport.abort()

    def hang_up(self) -> None:
        """After all that was said."""
        if self._transport is not None and not self._transport.is_closing():
            self.closed_for = "hung up"
            self._transport.close()

    def _write(self, frame: Frame) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        limit = _UNSENT_BYTES_MAX if self.is_proven else _CLIENT_UNSENT_BYTES_MAX
        if transport.get_write_buffer_size() >= limit:
            return
        try:
            transport.write(encode(frame))
        except ValueError:
            # Too large for a frame: to be cut off is an answer too, and better than to wait for none.
            self.abort("too large to send")

    def _go_on(self) -> None:
        """Some frames; the others in the loop's next turn, and nothing is read before."""
        try:
            for _ in range(_FRAMES_AT_ONCE if self.is_proven else _CLIENT_FRAMES_AT_ONCE):
                frame = self._splitter.take()
                if frame is None:
                    self._wait_for_more()
                    return
                self._take(frame)
                if self._transport is None or self._transport.is_closing():
                    return
        except TooLargeError:
            self.abort("too large")
            return
        except ValueError:
            self.abort("not understood")
            return
        if self._transport is not None:
            self._transport.pause_reading()
        asyncio.get_running_loop().call_soon(self._go_on)

    def _wait_for_more(self) -> None:
        if self._splitter.is_empty:
            self.half_since_s = None
        elif self.half_since_s is None:
            self.half_since_s = time.monotonic()
        if self._transport is not None:
            self._transport.resume_reading()

    def _take(self, frame: Frame) -> None:
        self.half_since_s = None
        match frame:
            case Hello() if self.peer:
                raise ValueError("another hello")
            case Hello():
                self._hello(frame)
            case _ if not self.peer:
                raise ValueError("a message before hello")
            case Ping():
                self._write(Pong())
            case Pong():
                pass
            case _:
                self._received(self, frame)

    def _hello(self, hello: Hello) -> None:
        reason = self._refusal(hello)
        if reason is not None:
            self.abort(reason)
            return
        self.peer = hello.sender
        if self.dials:
            self._write(Hello(self._own, "", challenge.answer(self._token, hello.challenge, self._own)))
            held, self._held = self._held, []
            for frame in held:
                self._write(frame)
        self._splitter.frame_bytes_max = FRAME_BYTES_MAX if self.is_proven else CLIENT_BYTES_MAX
        self._greeted(self)

    def _refusal(self, hello: Hello) -> Refusal | None:
        """Why this hello is not believed; else what it proves."""
        if self.dials:
            self.is_proven = hello.sender == self.dials
            return None if self.is_proven else "another host"
        self.is_proven = self._believes_all or challenge.answered(
            hello.proof, self._token, self._challenge, hello.sender
        )
        if self.is_proven or (hello.sender == CLIENT and not hello.proof):
            return None
        return "wrong token"
