"""The open loop: which operation is due when, whatever the system does meanwhile. Pure."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harness.model.command import StartLoad

KEYS = 8

LaneKind = Literal["write", "read"]


class Operation(Struct, frozen=True):
    kind: LaneKind
    key: str
    value: str
    due_s: float


class Lane(Struct, frozen=True, kw_only=True):
    """One writer or reader of a client: operation n is due at start_s + (n + phase) / rate."""

    kind: LaneKind
    index: int
    phase: float
    rate_per_s: float
    start_s: float
    value_stem: str

    def operation(self, n: int) -> Operation:
        """Keys are shared by all clients; a value is written once in a run."""
        value = f"{self.value_stem}.{self.index}.{n}" if self.kind == "write" else ""
        due_s = self.start_s + (n + self.phase) / self.rate_per_s
        return Operation(self.kind, f"k{n % KEYS}", value, due_s)


def lanes(load: StartLoad, *, start_s: float) -> tuple[Lane, ...]:
    """A client's writers and readers, their phases spread evenly so that they do not beat in step."""
    stem = f"{load.value_prefix}.{load.client}"
    return _spread("write", load.writers, load.rate_per_s, start_s, stem) + _spread(
        "read", load.readers, load.read_rate_per_s, start_s, stem
    )


def _spread(kind: LaneKind, count: int, rate_per_s: float, start_s: float, stem: str) -> tuple[Lane, ...]:
    if rate_per_s <= 0:
        return ()
    return tuple(
        Lane(
            kind=kind,
            index=index,
            phase=index / count,
            rate_per_s=rate_per_s,
            start_s=start_s,
            value_stem=stem,
        )
        for index in range(count)
    )
