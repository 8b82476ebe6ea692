"""Observes a running stack over links that no fault touches; carries out a person's orders."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from harness.model.errors import HarnessError, TargetError
from harness.model.event import Event
from harness.model.fault import Side
from harness.model.moment import Moment
from harness.model.ownstack import OwnStack
from harness.seams import Dial, Emit, Inside
from targets.own_stack.nodes.conversation import Asker, Store
from targets.own_stack.ordering import Orders
from targets.own_stack.seen import Seen

NODE_EACH_S, LISTENS_EACH_S = 0.05, 0.5
_AGAIN_S = 0.1
_ENDS_WITHIN_S = 3.0


class OwnStackWatch:
    """A thread for each data node and each witness. emit is called from those, one event at a time."""

    def __init__(
        self,
        own: OwnStack,
        *,
        asker: Asker,
        store: Store,
        dial: Dial,
        emit: Emit,
        clock: Callable[[float], float],
        inside: Inside,
    ) -> None:
        self._own, self._asker, self._store = own, asker, store
        self._dial, self._emit, self._clock = dial, emit, clock
        self._orders = Orders(own, inside)
        self._lock, self._closed = threading.Lock(), threading.Event()
        self._seen = Seen([host.service for host in own.hosts if host.role == "data"])
        watches: Mapping[str, Callable[[str], None]] = {"data": self._watch_node, "witness": self._listens}
        self._ports = {host.service: host.ports[0] for host in own.hosts if host.ports}
        self._threads = [
            threading.Thread(
                target=self._watched,
                args=(host.service, watches[host.role]),
                name=f"watch {host.service}",
                daemon=True,
            )
            for host in own.hosts
            if host.role in watches
        ]
        for thread in self._threads:
            thread.start()

    def control(self, action: str, host: str) -> str:
        with self._lock:
            primary = self._seen.primary
        return self._orders.carry_out(action, host, primary=primary)

    def arm(self, host: str, name: str, point: Moment, side: Side) -> None:
        raise TargetError("nothing inside of a stack of your own shows, so nothing in it can die at a point")

    def spare(self, host: str, name: str) -> None:
        """Nothing is ever armed."""

    def read_all(self, host: str, value_prefix: str) -> tuple[int, tuple[str, ...]]:
        try:
            values = self._store.values(host)
        except (OSError, ValueError) as error:
            raise TargetError(f"{host}: reading everything back: {error}; is the primary up?") from error
        with self._lock:
            epoch = self._seen.epoch(host)
        return epoch, tuple(value for value in values if value.startswith(f"{value_prefix}."))

    def close(self) -> None:
        self._closed.set()
        for thread in self._threads:
            thread.join(timeout=_ENDS_WITHIN_S)

    # --- threads ----------------------------------------------------------------------------------

    def _watched(self, host: str, watch: Callable[[str], None]) -> None:
        """Again and again, one connection after the other."""
        while not self._closed.is_set():
            try:
                watch(host)
            except (OSError, HarnessError) as error:
                self._tell(self._seen.lost, host, self._now_s(), f"{error}")
            except ValueError as error:
                self._tell(self._seen.refused, host, self._now_s(), f"{error}")
            self._closed.wait(_AGAIN_S)

    def _watch_node(self, host: str) -> None:
        asking, prepared = self._asker.open(host), False
        try:
            while not self._closed.wait(NODE_EACH_S):
                asked_s = self._now_s()
                role = asking.role()
                if role == "primary" and not prepared:
                    # Before anybody is told of it: with a primary the load begins.
                    self._store.prepare(host)
                    prepared = True
                self._tell(self._seen.said, host, role, asked_s)
        finally:
            asking.close()

    def _listens(self, host: str) -> None:
        """The mesh would accept in a dead host's place; who dials from outside reaches the host itself."""
        while True:
            self._dial(host, self._ports[host]).close()
            self._tell(self._seen.answers, host, self._now_s())
            if self._closed.wait(LISTENS_EACH_S):
                return

    def _tell(self, tells: Callable[..., list[Event]], *what: object) -> None:
        with self._lock:
            for event in tells(*what):
                self._emit(event)

    def _now_s(self) -> float:
        return self._clock(time.monotonic())
