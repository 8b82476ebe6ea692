"""Frames: four bytes of length, then one msgpack value. Pure: no socket.

Each end says hello first, so a client that has heard one knows that it reached a node and no empty proxy.
Pings find out that a connection is a black hole.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from targets.reference.machines.messages import Message

FRAME_BYTES_MAX = 32 << 20
_HEAD = 4


class Hello(Struct, frozen=True, tag=True):
    sender: str


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
    """Bytes as they come -> whole frames."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """Raises ValueError on what is no frame; the connection is of no use any more then."""
        self._bytes += chunk
        start = 0
        try:
            while (end := self._end(start)) is not None:
                frame: Frame = _decoder.decode(self._bytes[start + _HEAD : end])
                start = end
                yield frame
        finally:
            del self._bytes[:start]

    def _end(self, start: int) -> int | None:
        if len(self._bytes) < start + _HEAD:
            return None
        size = int.from_bytes(self._bytes[start : start + _HEAD], "big")
        if size > FRAME_BYTES_MAX:
            raise ValueError(f"a frame of {size} bytes; at most {FRAME_BYTES_MAX}")
        end = start + _HEAD + size
        return end if len(self._bytes) >= end else None
