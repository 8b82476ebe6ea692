"""A data node's log in memory: records by position, from 1. Ignores durability and who wrote what why.

A record's (epoch, position) is its name in all logs, and whoever holds a record holds the same ones before
it: an epoch has one writer, and nobody takes a record without the one that precedes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from targets.reference.machines.words.messages import Place, Record


class Log:
    """records: as the store holds them, whole and in order. by_position: see the defect of that name."""

    def __init__(self, records: Iterable[Record], *, by_position: bool = False) -> None:
        self._records, self._by_position = list(records), by_position
        # The last place of each epoch, ascending.
        self._ends: list[Place] = []
        self.last = Place()
        for record in self._records:
            self._extend(record)

    @property
    def history(self) -> tuple[Place, ...]:
        """For each epoch in the log its last place, ascending."""
        return tuple(self._ends)

    def place(self, position: int) -> Place:
        """The name of the record there; (0, 0) before the first."""
        return Place(self._records[position - 1].epoch, position) if position else Place()

    def holds(self, place: Place) -> bool:
        position = place.position
        if position > len(self._records) or self._by_position:
            return position <= len(self._records)
        return place.epoch == (self._records[position - 1].epoch if position else 0)

    def ends_with(self, place: Place) -> bool:
        return self._same(self.last, place)

    def after(self, position: int, *, at_most: int) -> tuple[Record, ...]:
        return tuple(self._records[position : position + at_most])

    def upto(self, position: int) -> Sequence[Record]:
        return self._records[:position]

    def append(self, records: Sequence[Record]) -> None:
        for record in records:
            assert record.position == len(self._records) + 1, "positions have no gap"
            self._records.append(record)
            self._extend(record)

    def truncate(self, after_position: int) -> None:
        del self._records[after_position:]
        while self._ends and self._ends[-1].position > after_position:
            self._ends.pop()
        last = self.place(after_position)
        if after_position and (not self._ends or self._ends[-1].epoch < last.epoch):
            self._ends.append(last)
        self.last = last

    def common(self, history: Sequence[Place]) -> Place:
        """The last place that this log shares with one of that history."""
        if history and self.holds(history[-1]):
            return self.place(history[-1].position)
        ends = {end.epoch: end.position for end in self._ends}
        for end in reversed(history):
            if end.epoch in ends:
                return Place(end.epoch, min(end.position, ends[end.epoch]))
        return Place()

    def _same(self, one: Place, other: Place) -> bool:
        return one.position == other.position if self._by_position else one == other

    def _extend(self, record: Record) -> None:
        self.last = place = Place(record.epoch, record.position)
        if self._ends and self._ends[-1].epoch == record.epoch:
            self._ends[-1] = place
        else:
            self._ends.append(place)
