"""What the clients' returns tell the conductor: who is served, and how fast. Judges nothing."""

from __future__ import annotations

from collections import deque

from harness.model.event import Returned

_RECENT_MAX = 100_000


class LoadSeen:
    """Good writes in a row by client, since `count_from` was last called; good writes of the last second."""

    def __init__(self) -> None:
        self.streaks: dict[str, int] = {}
        self._from_s = 0.0
        self._good: deque[float] = deque(maxlen=_RECENT_MAX)

    def count_from(self, now_s: float) -> None:
        """Only writes that were called after this moment count: older ones prove nothing about now."""
        self.streaks, self._from_s = {}, now_s

    def seen(self, op: Returned) -> None:
        if op.kind != "write":
            return
        good = op.outcome == "ok" and op.ret_s is not None
        if good and op.ret_s is not None:
            self._good.append(op.ret_s)
        if op.call_s >= self._from_s:
            self.streaks[op.client] = self.streaks.get(op.client, 0) + 1 if good else 0

    def ok_last_s(self, now_s: float) -> int:
        while self._good and self._good[0] < now_s - 1.0:
            self._good.popleft()
        return len(self._good)
