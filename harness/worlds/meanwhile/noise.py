"""The harness's own lateness: while this process is not scheduled, its stamps and injections are late."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from harness.model.event import Stalled
from harness.seams import Emit

_TICK_S = 0.005
_LATE_S = 0.02


class NoiseWatch:
    """A thread that sleeps for 5 ms again and again, and tells when it woke more than 20 ms too late."""

    def __init__(self, *, emit: Emit, clock: Callable[[float], float]) -> None:
        self._emit, self._clock = emit, clock
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="noise", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join(timeout=1)

    def _watch(self) -> None:
        before_s = time.monotonic()
        while not self._closed.wait(_TICK_S):
            now_s = time.monotonic()
            if now_s - before_s > _TICK_S + _LATE_S:
                stall = Stalled(
                    who="harness", from_s=self._clock(before_s + _TICK_S), to_s=self._clock(now_s)
                )
                self._emit(stall)
            before_s = now_s
