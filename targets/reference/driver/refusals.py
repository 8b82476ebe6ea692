"""What came in and was refused: counted by port and reason, and told in the log now and then.

Whoever sends garbage must not fill the log either: one line for a port and a reason in so many seconds.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal

from msgspec import Struct

Port = Literal["peers", "entry", "health", "fence"]

LOG_EACH_S = 5.0


class Refused(Struct, frozen=True, tag="refused"):
    """Agent to child, for its metrics: how often so far, of every (port, reason)."""

    counts: tuple[tuple[str, str, int], ...]


class Refusals:
    """Of one process. say: a line for the log."""

    def __init__(
        self,
        host: str,
        *,
        say: Callable[[str], None] = lambda line: print(line, flush=True),
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host, self._say, self._now_s = host, say, now_s
        self.counts: Counter[tuple[str, str]] = Counter()
        self._elsewhere: dict[tuple[str, str], int] = {}
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def note(self, port: Port, reason: str, whom: str = "") -> None:
        """A connection from `whom` was closed for that reason."""
        pair, now_s = (port, reason), self._now_s()
        self.counts[pair] += 1
        said_s, before = self._said.get(pair, (-LOG_EACH_S, 0))
        if now_s - said_s < LOG_EACH_S:
            return
        unsaid = self.counts[pair] - before - 1
        more = f" ({unsaid} more since the last such line)" if unsaid else ""
        self._say(f"{self._host}: port {port}: closed a connection{_from(whom)}: {reason}{more}")
        self._said[pair] = (now_s, self.counts[pair])

    def heard(self, refused: Refused) -> None:
        """Of another process of this host, all so far."""
        self._elsewhere = {(port, reason): count for port, reason, count in refused.counts}

    def told(self) -> Refused:
        return Refused(tuple((port, reason, count) for (port, reason), count in self.counts.items()))

    def all(self) -> Iterable[tuple[tuple[str, str], int]]:
        return sorted((self.counts + Counter(self._elsewhere)).items())


def _from(whom: str) -> str:
    return f" from {whom}" if whom else ""
