"""Observes a running Redis with its Sentinels, over links that no fault touches. Judges nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from harness.model.errors import HarnessError, TargetError
from harness.model.event import Event
from harness.model.fault import Side
from harness.model.moment import Moment
from harness.seams import Dial, Emit
from targets.protocols.redis_link import Link
from targets.redis_sentinel.names import MASTER, REDIS_PORT, SENTINEL_PORT, SENTINELS
from targets.redis_sentinel.nodeseen import NodeSeen
from targets.redis_sentinel.reigns import UNKNOWN, Reigns, named_elsewhere
from targets.redis_sentinel.replication import Replication, replication_of
from targets.redis_sentinel.sayings import Naming, naming, saying
from targets.redis_sentinel.sentinelseen import SentinelSeen

NODE_EACH_S, SENTINEL_EACH_S = 0.05, 0.2
_AGAIN_S = 0.1
_ENDS_WITHIN_S = 3.0


class RedisSentinelWatch:
    """A thread for each node and each Sentinel. emit is called from those threads, one event at a time."""

    def __init__(
        self, data: Sequence[str], *, dial: Dial, emit: Emit, clock: Callable[[float], float]
    ) -> None:
        self._dial, self._emit, self._clock = dial, emit, clock
        self._lock, self._closed = threading.Lock(), threading.Event()
        self._reigns = Reigns()
        self._nodes = {host: NodeSeen(host) for host in data}
        self._sentinels = {host: SentinelSeen(host, replicas=len(data) - 1) for host in SENTINELS}
        watched = [(host, self._watch_node) for host in data] + [(s, self._watch_sentinel) for s in SENTINELS]
        self._threads = [
            threading.Thread(target=self._watched, args=(host, watch), name=f"watch {host}", daemon=True)
            for host, watch in watched
        ]
        for thread in self._threads:
            thread.start()

    def control(self, action: str, host: str) -> str:
        raise TargetError(f"redis-sentinel knows no control '{action}'; the planner refuses such a drill")

    def arm(self, host: str, name: str, point: Moment, side: Side) -> None:
        raise TargetError("a Redis from the distribution has no point to die at")

    def spare(self, host: str, name: str) -> None:
        """Nothing is ever armed."""

    def read_all(self, host: str, value_prefix: str) -> tuple[int, tuple[str, ...]]:
        try:
            link = Link(self._dial, host, REDIS_PORT)
            try:
                epoch = self._epoch(host, replication_of(link.ask("INFO", "replication")))
                lists = link.ask_all(*(("LRANGE", key, "0", "-1") for key in sorted(link.ask("KEYS", "*"))))
            finally:
                link.close()
        except (OSError, ValueError) as error:
            raise TargetError(f"{host}: reading everything back: {error}; is the primary up?") from error
        return epoch, tuple(
            value for values in lists for value in values if value.startswith(f"{value_prefix}.")
        )

    def close(self) -> None:
        self._closed.set()
        for thread in self._threads:
            thread.join(timeout=_ENDS_WITHIN_S)

    # --- threads ----------------------------------------------------------------------------------

    def _watched(self, host: str, watch: Callable[[str], None]) -> None:
        """Again and again, one pair of links after the other."""
        seen = self._nodes.get(host) or self._sentinels[host]
        while not self._closed.is_set():
            try:
                watch(host)
            except (OSError, ValueError, KeyError, HarnessError) as error:
                self._tell(seen.lost(self._now_s(), f"{error}"))
            self._closed.wait(_AGAIN_S)

    def _watch_node(self, host: str) -> None:
        link, seen = Link(self._dial, host, REDIS_PORT), self._nodes[host]
        try:
            while not self._closed.wait(NODE_EACH_S):
                asked_s = self._now_s()
                said = replication_of(link.ask("INFO", "replication"))
                epoch, elsewhere = self._epoch(host, said), self._elsewhere(host)
                self._tell(seen.said(said, epoch, asked_s, elsewhere=elsewhere))
        finally:
            link.close()

    def _watch_sentinel(self, host: str) -> None:
        ear, mouth = Link(self._dial, host, SENTINEL_PORT), Link(self._dial, host, SENTINEL_PORT)
        try:
            ear.subscribe()
            ask_at_s = 0.0
            while not self._closed.is_set():
                if time.monotonic() >= ask_at_s:
                    self._ask(mouth, host)
                    ask_at_s = time.monotonic() + SENTINEL_EACH_S
                heard = ear.heard(max(ask_at_s - time.monotonic(), 0.0))
                if heard is not None:
                    self._heard(mouth, host, *heard, at_s=self._now_s())
        finally:
            ear.close()
            mouth.close()

    def _ask(self, mouth: Link, host: str) -> None:
        asked_s = self._now_s()
        answers = mouth.ask_all(
            ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER), ("SENTINEL", "MASTER", MASTER)
        )
        said = naming(*answers)
        self._tell(self._sentinels[host].named(said, asked_s))

    def _heard(self, mouth: Link, host: str, channel: str, text: str, *, at_s: float) -> None:
        seen, said = self._sentinels[host], saying(channel, text)
        if channel == "+tilt":
            self._tell(seen.in_tilt(at_s))
        if said is None:
            return
        if said.of == "new":  # its epoch: asked for after it was told
            self._ask(mouth, host)
        self._tell(seen.told(said, at_s))

    # --- what they share --------------------------------------------------------------------------

    def _epoch(self, host: str, said: Replication) -> int:
        with self._lock:
            return self._reigns.epoch(host, said, self._namings()) if said.is_master else 0

    def _elsewhere(self, host: str) -> int:
        """The epoch of another primary, whom a majority names and who says so itself; else 0."""
        with self._lock:
            primary, epoch = named_elsewhere(host, self._namings())
            return epoch if primary in self._nodes and self._nodes[primary].is_primary else UNKNOWN

    def _namings(self) -> list[Naming]:
        return [seen.naming for seen in self._sentinels.values() if seen.naming]

    def _tell(self, events: Iterable[Event]) -> None:
        with self._lock:
            for event in events:
                self._emit(event)

    def _now_s(self) -> float:
        return self._clock(time.monotonic())
