"""The times at which the run wants to be told. Pure: it is asked, with the present time."""

from __future__ import annotations

import heapq


class Wakes:
    """Ids with their due times, in seconds of the run."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, str]] = []
        self._order = 0

    def add(self, wake_id: str, due_s: float) -> None:
        self._order += 1
        heapq.heappush(self._heap, (due_s, self._order, wake_id))

    def in_s(self, now_s: float, *, at_most_s: float) -> float:
        """How long until the next is due, 0 when one is."""
        return min(at_most_s, max(0.0, self._heap[0][0] - now_s)) if self._heap else at_most_s

    def due(self, now_s: float) -> list[str]:
        """Those due by now, the earliest first; each is told once."""
        due = []
        while self._heap and self._heap[0][0] <= now_s:
            due.append(heapq.heappop(self._heap)[2])
        return due
