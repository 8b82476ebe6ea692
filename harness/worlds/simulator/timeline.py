"""Virtual time: acts in the order of their moments, those of one moment in the order they were asked for."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import Any

Act = Callable[..., None]


class Timeline:
    """draw: the one source of chance. count: acts asked for so far."""

    def __init__(self, seed: int) -> None:
        self.now_s, self.count = 0.0, 0
        # A text is spread over all of the generator's state; how it is hashed does not depend on the process.
        self.draw = Random(f"simulator {seed}")
        # Plain tuples: the heap compares them without calling any code of ours.
        self._acts: list[tuple[float, int, Act, tuple[Any, ...]]] = []
        self._halted = False

    def later(self, delay_s: float, act: Act, *values: object) -> None:
        """delay_s: not below zero."""
        self.count = count = self.count + 1
        heappush(self._acts, (self.now_s + delay_s, count, act, values))

    def at(self, at_s: float, act: Act, *values: object) -> None:
        """What lies in the past is due now."""
        self.count = count = self.count + 1
        heappush(self._acts, (at_s if at_s > self.now_s else self.now_s, count, act, values))

    def halt(self) -> None:
        """The run ends with the act under way."""
        self._halted = True

    def run(self, until_s: float) -> None:
        """All that is due by then, or until an act halts it."""
        acts = self._acts
        self._halted = False
        while acts and acts[0][0] <= until_s:
            self.now_s, _, act, values = heappop(acts)
            act(*values)
            if self._halted:
                return
        self.now_s = until_s
