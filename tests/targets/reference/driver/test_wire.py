"""Frames over any cut of the bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.reference.driver.wire import FRAME_BYTES_MAX, Frame, Hello, Ping, Pong, Splitter, encode
from targets.reference.machines.words.messages import Heartbeat, Place, Read, Record, Stream, Write

FRAMES: list[Frame] = [
    Hello("n1"),
    Ping(),
    Pong(),
    Write(1, "k1", "väl"),
    Read(2, "k2"),
    Heartbeat(3, "n1", 12.5, Place(3, 9)),
    Stream(3, Place(2, 8), (Record(3, 9, "k", "v"), Record(3, 10, "", "")), 8),
]


@given(st.lists(st.sampled_from(FRAMES), max_size=20), st.lists(st.integers(1, 50), min_size=1, max_size=30))
def test_frames_arrive_whole_and_in_order_however_the_bytes_are_cut(
    frames: list[Frame], sizes: list[int]
) -> None:
    whole = b"".join(encode(frame) for frame in frames)
    splitter, got, start, turn = Splitter(), list[Frame](), 0, 0
    while start < len(whole):
        size = sizes[turn % len(sizes)]
        got += splitter.feed(whole[start : start + size])
        start, turn = start + size, turn + 1
    assert got == frames


def test_a_frame_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(ValueError, match="at most"):
        list(Splitter().feed((FRAME_BYTES_MAX + 1).to_bytes(4, "big")))


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(ValueError):
        list(Splitter().feed((3).to_bytes(4, "big") + b"abc"))
