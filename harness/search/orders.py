"""An operator who steps in, at times and at moments of the protocol; what he has set he takes back."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from harness.model.drill import Action, ControlStep, HoldStep, Step, Window
from harness.reach import Hosts
from harness.search.steps import DrawSteps, Offered, to_ms

# As often as they are named.
_ORDERS: tuple[Action, ...] = (
    *("promote", "promote", "force", "rejoin"),
    *("maintenance on", "maintenance on", "power off", "power off"),
)
# What is set, and the order that takes it back.
ENDS: Mapping[Action, Action] = {"maintenance on": "maintenance off", "power off": "power on"}
_OF_A_WAVE = 0.2
_LASTS_S = (0.2, 5.0)
# No fault of a wave lasts longer from its begin: the latest moment, and the longest fault from there.
_FAULTS_LAST_S = 15.0
# By two witnesses, one after the other: the first may be about to carry out something else.
_APART_S, _TAIL_S = 0.7, 2.0


class DrawOrders:
    """Of one schedule."""

    def __init__(self, draw: Random, offered: Offered, hosts: Hosts, one: DrawSteps) -> None:
        self._draw, self._hosts, self._one = draw, hosts, one
        self._orders = [order for order in _ORDERS if order in offered.controls and self._can(order)]
        self._to_end: list[tuple[Action, str]] = []

    def of_wave(self) -> list[Step]:
        """None most often."""
        draw = self._draw
        if not self._orders or draw.random() > _OF_A_WAVE:
            return []
        order = draw.choice(self._orders)
        on, at, _ = self._one.when()
        to = self._witness() if order == "maintenance on" else self._node(order)
        steps: list[Step] = [ControlStep(action=order, to=to, at=at, on=on)]
        if order in ENDS:
            self._to_end.append((order, to))
            end_s = to_ms(self._one.begins_s() + draw.uniform(*_LASTS_S))
            to = self._witness() if order == "maintenance on" else to
            steps.append(ControlStep(action=ENDS[order], to=to, at=Window(end_s, end_s)))
        return steps

    def undone(self, ends_s: float) -> list[Step]:
        """After all faults: what an order has set must not outlast the schedule."""
        at_s = max(ends_s, self._one.origin_s + _FAULTS_LAST_S)
        steps = list[Step]()
        for order, to in dict.fromkeys(self._to_end):
            for place, witness in enumerate(self._one.sides.witnesses[:2]):
                due_s = to_ms(at_s + place * _APART_S)
                whom = witness if order == "maintenance on" else to
                steps.append(ControlStep(action=ENDS[order], to=whom, at=Window(due_s, due_s)))
        return [*steps, HoldStep(duration_s=_TAIL_S)] if steps else []

    def _can(self, order: Action) -> bool:
        return bool(self._hosts.fences) if order == "power off" else bool(self._hosts.witnesses)

    def _node(self, order: Action) -> str:
        """By name where it has to be the same one at the end."""
        draw = self._draw
        if order == "power off":
            return draw.choice(self._hosts.data)
        return "standby" if order in ("promote", "force") else self._one.data()

    def _witness(self) -> str:
        return self._draw.choice(self._one.sides.witnesses)
