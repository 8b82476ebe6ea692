"""What a soak was seen to hold, a look a trial: kept as it goes on, so that it can be judged again later."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.proof.footprint import Footprint

_PRESSURE = Path("/proc/pressure/cpu")


class Seen(Struct, frozen=True):
    """When this trial had begun. waited_s: for how long something had waited for a processor since boot."""

    trial: int
    at_s: float
    waited_s: float
    holds: dict[str, Footprint]


def seen(trial: int, holds: dict[str, Footprint]) -> Seen:
    return Seen(trial, time.monotonic(), _waited_s(), holds)


def keep(path: Path, look: Seen) -> None:
    with path.open("ab") as file:
        file.write(msgspec.json.encode(look) + b"\n")


def kept(path: Path) -> list[Seen]:
    return [msgspec.json.decode(line, type=Seen) for line in path.read_bytes().splitlines()]


def pressure(looks: Sequence[Seen]) -> dict[int, float]:
    """Of each trial between two looks, the share of its time in which something waited for a processor.

    Whoever it was: the stack itself, or what else the machine did. Empty where the kernel does not tell.
    """
    pairs = pairwise(looks)
    return {a.trial: (b.waited_s - a.waited_s) / (b.at_s - a.at_s) for a, b in pairs if b.waited_s}


def _waited_s() -> float:
    """0 where the kernel does not tell."""
    try:
        first = _PRESSURE.read_text().splitlines()[0]
    except OSError:
        return 0.0
    return int(first.rpartition("total=")[2]) / 1e6
