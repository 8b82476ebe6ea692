"""Frames: four bytes of length, then one msgpack value. Pure: no socket.

Each end says hello first, so a client that has heard one knows that it reached a node and no empty proxy.
Who dialled as more than a client answers the other's challenge in its own. Pings find out that a connection
is a black hole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from harness.workloads.strict import decoded
from targets.reference.machines.words.messages import Message
from targets.reference.machines.words.nouns import NAME_CHARACTERS_MAX

# Who says hello without being a host: a client, and whoever orders.
CLIENT, OPERATOR = "client", "operator"

FRAME_BYTES_MAX = 32 << 20
# Of whoever has shown no token. A stream takes so many writes at once that 500 of them still fit a frame.
CLIENT_BYTES_MAX = 60_000
# Before the first hello.
HELLO_BYTES_MAX = 1024
_HEAD = 4


class Hello(Struct, frozen=True, tag=True):
    """challenge: of who accepted. proof: the answer to it (harness.workloads.challenge); empty: a client."""

    sender: Annotated[str, Meta(max_length=NAME_CHARACTERS_MAX)]
    challenge: Annotated[str, Meta(max_length=64)] = ""
    proof: Annotated[str, Meta(max_length=64)] = ""


class Ping(Struct, frozen=True, tag=True):
    """Answered by Pong at once, whatever the machine does."""


class Pong(Struct, frozen=True, tag=True):
    pass


Frame = Hello | Ping | Pong | Message

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Frame)


def encode(frame: Frame) -> bytes:
    """Raises ValueError when the frame is too large."""
    body = _encoder.encode(frame)
    if len(body) > FRAME_BYTES_MAX:
        raise ValueError(f"a frame of {len(body)} bytes; at most {FRAME_BYTES_MAX}")
    return len(body).to_bytes(_HEAD, "big") + body


class Splitter:
    """Bytes as they come -> whole frames. frame_bytes_max: a longer one is no frame."""

    def __init__(self, frame_bytes_max: int = FRAME_BYTES_MAX) -> None:
        self.frame_bytes_max = frame_bytes_max
        self._bytes, self._start = bytearray(), 0

    @property
    def is_empty(self) -> bool:
        """No frame has begun."""
        return len(self._bytes) == self._start

    def add(self, chunk: bytes) -> None:
        del self._bytes[: self._start]
        self._start = 0
        self._bytes += chunk

    def take(self) -> Frame | None:
        """The next whole frame. Raises ValueError on what is none; the connection is of no use then."""
        end = self._end()
        if end is None:
            return None
        frame: Frame = decoded(_decoder.decode, self._bytes[self._start + _HEAD : end])
        self._start = end
        return frame

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """All that is whole now. Raises as `take` does."""
        self.add(chunk)
        while (frame := self.take()) is not None:
            yield frame

    def _end(self) -> int | None:
        body = self._start + _HEAD
        if len(self._bytes) < body:
            return None
        size = int.from_bytes(self._bytes[self._start : body], "big")
        if size > self.frame_bytes_max:
            raise TooLargeError(f"a frame of {size} bytes; at most {self.frame_bytes_max}")
        return body + size if len(self._bytes) >= body + size else None


class TooLargeError(ValueError):
    """A frame says that it is longer than any may be here."""
