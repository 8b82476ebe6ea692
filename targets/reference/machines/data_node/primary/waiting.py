"""Writes that are in the log and not acknowledged. Ignores what they wait for, and who answers."""

from __future__ import annotations

from itertools import takewhile

from msgspec import Struct

# So many may wait; the next ones are refused, which is a better answer than none.
_MAX = 10_000


class Waiting(Struct, frozen=True):
    via: str
    request: int
    since_s: float


class WaitingWrites:
    """By position, in the order of the log; they go on from one epoch of a process to its next."""

    def __init__(self) -> None:
        self._writes: dict[int, Waiting] = {}
        self._complained = False

    def __len__(self) -> int:
        return len(self._writes)

    @property
    def full(self) -> bool:
        return len(self._writes) >= _MAX

    @property
    def oldest_s(self) -> float | None:
        """Since when the first of them waits."""
        oldest = next(iter(self._writes.values()), None)
        return oldest.since_s if oldest else None

    def add(self, now_s: float, position: int, via: str, request: int) -> None:
        self._writes[position] = Waiting(via, request, now_s)

    def take(self, upto: int) -> list[Waiting]:
        """Those at positions up to this one, which wait no more."""
        self._complained = False
        decided = [*takewhile(lambda position: position <= upto, self._writes)]
        return [self._writes.pop(position) for position in decided]

    def take_all(self) -> list[Waiting]:
        writes, self._writes = [*self._writes.values()], {}
        return writes

    def complaint_due(self, now_s: float, *, after_s: float) -> bool:
        """The oldest has waited so long; once, until something moves."""
        oldest_s = self.oldest_s
        if self._complained or oldest_s is None or now_s - oldest_s < after_s:
            return False
        self._complained = True
        return True
