"""Virtual time: acts in the order of their moments, those of one moment in the order they were asked for."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random
from typing import Any

Act = Callable[..., None]


class Timeline:
    """draw: the one source of chance. count: acts asked for so far."""

    def __init__(self, seed: int) -> None:
        self.now_s, self.count = 0.0, 0
        # A text is spread over all of the generator's state; how it is hashed does not depend on the process.
        self.draw = Random(f"simulator {seed}")
        self._acts: list[tuple[float, int, Act, tuple[Any, ...]]] = []

    def later(self, delay_s: float, act: Act, *values: object) -> None:
        self.at(self.now_s + delay_s, act, *values)

    def at(self, at_s: float, act: Act, *values: object) -> None:
        """What lies in the past is due now."""
        self.count += 1
        heapq.heappush(self._acts, (max(at_s, self.now_s), self.count, act, values))

    def run(self, until_s: float, *, stop: Callable[[], bool]) -> None:
        """All that is due by then, or until `stop` says so after an act."""
        acts = self._acts
        while acts and acts[0][0] <= until_s:
            self.now_s, _, act, values = heapq.heappop(acts)
            act(*values)
            if stop():
                return
        self.now_s = until_s
