from __future__ import annotations

from harness.model.event import Event, Powered
from harness.model.fault import SLOW_SWITCH_S
from harness.seams import PowerOrder, PowerState
from harness.worlds.simulator.power import Switches
from harness.worlds.simulator.timeline import Timeline


class Board:
    """n1's switch, and what came of it."""

    def __init__(self) -> None:
        self.timeline, self.did, self.told = Timeline(1), list[str](), list[Event]()
        self.switches = Switches(
            self.timeline,
            off=lambda host: self.did.append(f"off {host}"),
            on=lambda host: self.did.append(f"on {host}"),
            tell=self.told.append,
        )

    def ask(self, order: PowerOrder, after_s: float = 0.0) -> PowerState:
        self.timeline.run(self.timeline.now_s + after_s)
        return self.switches.ask("fence", "n1", order)


def test_off_is_said_only_once_all_is_dead() -> None:
    board = Board()
    assert board.ask("read") == "On" and board.ask("ForceOff") == "PoweringOff" and not board.did
    assert board.ask("read", after_s=0.1) == "Off" and board.did == ["off n1"]
    assert board.switches.is_off("n1")


def test_on_starts_it_again_and_both_are_told() -> None:
    board = Board()
    board.ask("ForceOff")
    board.ask("On", after_s=0.1)
    assert board.ask("read", after_s=0.1) == "On" and board.did == ["off n1", "on n1"]
    states = [(event.host, event.state, event.by) for event in board.told if isinstance(event, Powered)]
    assert states == [("n1", "off", "fence"), ("n1", "on", "fence")]


def test_what_stands_as_it_is_ordered_to_is_left_alone() -> None:
    board = Board()
    assert board.ask("On") == "On"
    board.ask("read", after_s=0.1)
    assert not board.did and not board.told


def test_an_order_that_is_overtaken_is_not_carried_out() -> None:
    board = Board()
    board.ask("ForceOff")
    board.ask("On")
    assert board.ask("read", after_s=0.1) == "On" and not board.did and not board.told


def test_a_switch_that_lies_says_what_it_was_told_and_does_nothing() -> None:
    board = Board()
    board.switches.set_ills({"n1": "lies"})
    assert board.ask("ForceOff") == "Off" and board.ask("read", after_s=1.0) == "Off"
    assert not board.did and not board.switches.is_off("n1")
    board.switches.set_ills({})
    assert board.ask("read") == "On"


def test_a_switch_that_is_stuck_says_so() -> None:
    board = Board()
    board.switches.set_ills({"n1": "stuck"})
    assert board.ask("ForceOff") == "On" and board.ask("read", after_s=1.0) == "On" and not board.did


def test_a_slow_switch_is_on_its_way_for_long() -> None:
    board = Board()
    board.switches.set_ills({"n1": "slow"})
    board.ask("ForceOff")
    assert board.ask("read", after_s=SLOW_SWITCH_S - 0.1) == "PoweringOff" and not board.did
    assert board.ask("read", after_s=0.2) == "Off"
