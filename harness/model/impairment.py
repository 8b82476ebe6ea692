"""What can be wrong with a link that still carries bytes: how much, how, and how connections end on it."""

from __future__ import annotations

from msgspec import Struct

from harness.model.units import duration


class Bandwidth(Struct, frozen=True, tag="bandwidth"):
    """Of each connection no more than rate_kb_per_s thousand bytes a second arrive; the rest comes later."""

    rate_kb_per_s: int


class Slicing(Struct, frozen=True, tag="slicing"):
    """Bytes arrive in pieces of piece_bytes at most, each delay_s after the one before. Delay: whole µs."""

    piece_bytes: int
    delay_s: float


class Reset(Struct, frozen=True, tag="reset"):
    """Open connections are reset (RST); new ones are accepted, and reset at their first byte."""


class SlowClose(Struct, frozen=True, tag="slow_close"):
    """Bytes pass. Only the end of a connection arrives delay_s late, whole milliseconds."""

    delay_s: float


Impairment = Bandwidth | Slicing | Reset | SlowClose


def name_of(impairment: Impairment) -> str:
    """As drills, worlds and targets call it."""
    match impairment:
        case Bandwidth():
            return "bandwidth"
        case Slicing():
            return "slicing"
        case Reset():
            return "reset"
        case SlowClose():
            return "slow_close"


def much_of(impairment: Impairment) -> str:
    """For a person: how much of it, empty for what is all or nothing."""
    match impairment:
        case Bandwidth(rate_kb_per_s=rate):
            return f"{rate}KB/s"
        case Slicing(piece_bytes=piece_bytes, delay_s=delay_s):
            return f"{piece_bytes}B, {duration(delay_s)} apart"
        case Reset():
            return ""
        case SlowClose(delay_s=delay_s):
            return duration(delay_s)
