"""Which host takes which order of a drill."""

from __future__ import annotations

from typing import get_args

import pytest

from harness.model.drill import Action
from targets.reference.controls import CONTROLS, SWITCHOVER, Order, question
from targets.reference.driver.surroundings import PEER_PORT, WITNESS_PORT
from targets.reference.machines.words.messages import FenceOrder, Maintain, PromoteOrder, Rejoin


def test_all_that_a_drill_can_ask_for_is_offered() -> None:
    assert {*get_args(Action)} == CONTROLS


@pytest.mark.parametrize(
    ("action", "to", "host", "port", "order"),
    [
        ("promote", "n2", "w3", WITNESS_PORT, PromoteOrder(7, 4, "n1", "n2", False, "a drill")),
        ("force", "n2", "w3", WITNESS_PORT, PromoteOrder(7, 4, "n1", "n2", True, "a drill")),
        ("rejoin", "n2", "n2", PEER_PORT, Rejoin(7)),
        ("power off", "n2", "w3", WITNESS_PORT, FenceOrder(7, "n2", "Off", "a drill")),
        ("power on", "n2", "w3", WITNESS_PORT, FenceOrder(7, "n2", "On", "a drill")),
        ("maintenance on", "w1", "w1", WITNESS_PORT, Maintain(7, "a drill")),
        ("maintenance off", "w1", "w1", WITNESS_PORT, Maintain(7, "")),
    ],
)
def test_an_order_goes_to_who_takes_it(action: str, to: str, host: str, port: int, order: Order) -> None:
    asked = question(action, to, reign=(4, "n1"), witness="w3", request=7)
    assert (asked.host, asked.port, asked.order) == (host, port, order)
    assert action in CONTROLS - {SWITCHOVER}
