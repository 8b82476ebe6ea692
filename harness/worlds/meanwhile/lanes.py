"""Work that touches the same goes one after the other, as it was asked for; all else side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor


class Lanes:
    """No work waits for work that was asked for later, so none waits for ever."""

    def __init__(self, at_once: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._last: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def submit(self, lanes: Collection[str], work: Callable[[], None]) -> None:
        """Once all is over that was asked for in any of these lanes before."""
        over = threading.Event()
        with self._lock:
            before = [self._last[lane] for lane in lanes if lane in self._last]
            self._last.update(dict.fromkeys(lanes, over))
            self._pool.submit(_in_turn, before, work, over)

    def close(self) -> None:
        """What has begun is finished, what has not never begins."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _in_turn(before: Collection[threading.Event], work: Callable[[], None], over: threading.Event) -> None:
    try:
        for earlier in before:
            earlier.wait()
        work()
    finally:
        over.set()
