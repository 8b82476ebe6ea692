"""Which ends of containers a drill has to expect."""

from __future__ import annotations

import pytest

from harness.model.fault import Cut, Fault, Kill, Link, Pause, Slow, Stop
from harness.reach import touched
from harness.worlds.meanwhile.explained import Explained
from harness.worlds.meanwhile.power import Accounted

LINKS = (Link("a", "b"), Link("b", "a"), Link("a", "c"))


@pytest.mark.parametrize(
    ("fault", "hosts"),
    [
        (Kill("a", "process"), {"a"}),
        (Stop("a", "host"), {"a"}),
        (Pause("a", "process"), {"a"}),
        (Cut(LINKS, "drop"), {"a", "b", "c"}),
        (Slow(LINKS, 0.1, 0.0), {"a", "b", "c"}),
    ],
)
def test_a_fault_touches_its_host_or_both_ends_of_its_links(fault: Fault, hosts: set[str]) -> None:
    assert touched(fault) == hosts


def test_a_fault_explains_from_before_it_is_injected_until_it_was_healed() -> None:
    explained = Explained()
    assert not explained("a")
    explained.begin("f1", Kill("a", "process"))
    assert explained("a")
    assert not explained("b")
    explained.end("f1")
    assert not explained("a")


def test_of_two_faults_on_a_host_one_goes_on_explaining() -> None:
    explained = Explained()
    explained.begin("f1", Kill("a", "process"))
    explained.begin("f2", Cut((Link("a", "b"),), "loss"))
    explained.end("f1")
    assert explained("a")


def test_who_is_switched_off_has_not_died_by_itself_until_it_is_on_again() -> None:
    explained = Explained()

    class Power:
        def power_off(self, host: str) -> str:
            assert explained(host), "the end may be seen first"
            return "off"

        def power_on(self, host: str) -> str:
            assert explained(host), "it may be seen late"
            return "on"

    accounted = Accounted(Power(), explained)
    assert accounted.power_off("n1") == "off" and explained("n1") and not explained("n2")
    assert accounted.power_on("n1") == "on" and not explained("n1")
