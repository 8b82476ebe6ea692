"""Observes one running reference stack through its hosts' entries, until closed. Judges nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from harness.model.errors import TargetError
from harness.model.event import Event, HealthReported, RoleChanged
from harness.model.fault import Side
from harness.model.moment import Moment
from harness.seams import Dial, Emit
from harness.workloads.follow import Follower
from harness.workloads.lines import Answer
from targets.reference import client
from targets.reference.controls import ORDER_LIMIT_S, SWITCHOVER, question
from targets.reference.ctl.asking import Way, ask
from targets.reference.ctl.view import NoAnswer
from targets.reference.driver.surroundings import ENTRY_PORT, PEER_PORT
from targets.reference.machines.words.messages import OrderAnswer
from targets.reference.orders import CrashOrder, Order, SpareOrder, SwitchoverOrder

_CONTROL_LIMIT_S = 12.0
_POINT_LIMIT_S = 2.0
READ_LIMIT_S = 10.0


class ReferenceWatch:
    """One thread for each observed host. emit is called from those threads, one event at a time."""

    def __init__(
        self,
        nodes: Sequence[str],
        witnesses: Sequence[str],
        *,
        token: str,
        order_token: str,
        dial: Dial,
        emit: Emit,
        clock: Callable[[float], float],
    ) -> None:
        self._token, self._dial, self._emit, self._clock = token, dial, emit, clock
        self._lock = threading.Lock()
        self._witnesses, self._orders_by = witnesses, Way(dial, order_token)
        self._primary, self._epoch, self._orders = "", 0, 0
        self._followers = {host: self._follower(host) for host in (*nodes, *witnesses)}

    def control(self, action: str, host: str) -> str:
        """Raises TargetError when it is refused, or nobody could be asked."""
        if action != SWITCHOVER:
            return self._order(action, host)
        primary = self._primary
        if not primary:
            raise TargetError(
                "no primary is known yet; wait for the cluster to be steady before a switchover"
            )
        answer = self._ask(primary, SwitchoverOrder(host), "the switchover", limit_s=_CONTROL_LIMIT_S)
        if not answer.ok:
            raise TargetError(f"{primary} refused to hand over to {host}: {answer.detail}")
        return answer.detail

    def _order(self, action: str, host: str) -> str:
        """Where any witness may be asked, one after the other is. Never asks twice."""
        self._orders += 1
        witness = self._witnesses[self._orders % len(self._witnesses)]
        asked = question(action, host, reign=(self._epoch, self._primary), witness=witness, request=1)
        answer = ask(
            *(self._orders_by, asked.host, asked.port, asked.order, OrderAnswer),
            within_s=ORDER_LIMIT_S,
        )
        if isinstance(answer, NoAnswer):
            raise TargetError(f"{asked.host}: {answer.why}; nobody knows whether it was carried out")
        if not answer.ok:
            raise TargetError(f"{asked.host}: {answer.detail}")
        return answer.detail

    def arm(self, host: str, name: str, point: Moment, side: Side) -> None:
        self._point(host, CrashOrder(name, point.act, point.what, point.nth, side))

    def spare(self, host: str, name: str) -> None:
        """Not waited for: one may be dead already, and the next must hear of it at once."""
        if host in self._followers:
            self._followers[host].ask(SpareOrder(name))

    def read_all(self, host: str, value_prefix: str) -> tuple[int, tuple[str, ...]]:
        try:
            connection = self._dial(host, PEER_PORT)
        except OSError as error:
            raise TargetError(f"{host} cannot be reached to read everything back: {error}") from error
        with connection:
            return client.read_all(connection, value_prefix, limit_s=READ_LIMIT_S)

    def close(self) -> None:
        for follower in self._followers.values():
            follower.close()

    def _follower(self, host: str) -> Follower:
        return Follower(
            host=host,
            port=ENTRY_PORT,
            dial=self._dial,
            emit=self._tell,
            clock=self._clock,
            linked=lambda up, detail: self._linked(host, up, detail),
            token=self._token,
        )

    def _point(self, host: str, order: CrashOrder) -> None:
        if host not in self._followers:
            raise TargetError(f"{host} has no entry that a crash point could be armed at")
        answer = self._ask(host, order, f"to '{order.name}'", limit_s=_POINT_LIMIT_S)
        if not answer.ok:
            raise TargetError(f"{host} takes no crash point: {answer.detail}")

    def _ask(self, host: str, order: Order, what: str, *, limit_s: float) -> Answer:
        future = self._followers[host].ask(order)
        try:
            return future.result(timeout=limit_s)
        except TimeoutError as error:
            future.cancel()
            raise TargetError(f"{host} did not answer {what} in {limit_s:g} s") from error

    def _tell(self, event: Event) -> None:
        with self._lock:
            if isinstance(event, RoleChanged) and event.role == "primary" and event.epoch >= self._epoch:
                self._primary, self._epoch = event.host, event.epoch
            self._emit(event)

    def _linked(self, host: str, up: bool, detail: str) -> None:
        """A host that is up says so itself; one that cannot be reached cannot."""
        if not up:
            at_s = self._clock(time.monotonic())
            self._tell(HealthReported(at_s=at_s, host=host, ready=False, epoch=0, detail=detail))
