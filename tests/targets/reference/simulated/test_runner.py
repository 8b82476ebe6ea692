"""One machine in virtual time: order, timers, and effects that take their time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from targets.reference.machines.words.grammar import (
    Alert,
    Began,
    Effects,
    Event,
    Fired,
    NodeState,
    Persist,
    SetTimer,
    StopTimer,
)
from targets.reference.simulated.runner import Runner
from tests.worlds.simulator.kernels import Lab

STATE = NodeState(identity="x", sealed=1)


class Scripted:
    """Answers each event by what the script says."""

    def __init__(self, script: Callable[[float, Event], Effects]) -> None:
        self._script = script
        self.seen: list[tuple[float, Event]] = []

    def handle(self, now_s: float, event: Event, /) -> Effects:
        self.seen.append((now_s, event))
        return self._script(now_s, event)


def test_effects_are_carried_out_before_the_next_event_is_handled() -> None:
    lab, order = Lab("a"), list[str]()
    machine = Scripted(lambda now_s, event: [Alert("one"), Alert("two")])

    def alert(effect: Alert) -> None:
        order.append(f"{effect.text} after {len(machine.seen)}")
        if len(machine.seen) < 2:
            runner.feed(Began())

    runner = Runner(lab.processes["a"], machine, {Alert: alert})
    runner.feed(Began())
    # Both of the first event's effects fed an event; each of those is handled only then.
    assert order == ["one after 1", "two after 1", "one after 2", "two after 2", "one after 3", "two after 3"]


def test_what_takes_its_time_holds_back_what_comes_after_it() -> None:
    lab, done = Lab("a"), list[str]()
    machine = Scripted(lambda now_s, event: [Persist(STATE), Alert("after")])
    runner = Runner(
        lab.processes["a"],
        machine,
        {Persist: lambda effect: runner.block(), Alert: lambda effect: done.append(effect.text)},
    )
    runner.feed(Began())
    runner.feed(Began())
    assert (done, len(machine.seen)) == ([], 1)
    runner.go_on()
    assert (done, len(machine.seen)) == (["after"], 2)


def test_who_was_made_after_the_runner_carries_as_well() -> None:
    lab, done = Lab("a"), list[str]()
    runner = Runner(lab.processes["a"], Scripted(lambda now_s, event: [Alert("one")]), {})
    runner.carry({Alert: lambda effect: done.append(effect.text)})
    runner.feed(Began())
    assert done == ["one"]


def test_a_timer_fires_once_at_its_time_and_a_newer_one_replaces_it() -> None:
    lab = Lab("a")
    kernel = lab.processes["a"]
    begun_s = kernel.clock_s()

    def script(now_s: float, event: Event) -> Effects:
        if isinstance(event, Began):
            return [SetTimer("t", begun_s + 0.1), SetTimer("t", begun_s + 0.3), SetTimer("u", begun_s + 0.2)]
        return []

    machine = Scripted(script)
    Runner(kernel, machine, {}).feed(Began())
    lab.run(1.0)
    assert [event for _, event in machine.seen[1:]] == [Fired("u"), Fired("t")]
    assert all(at_s >= begun_s + due_s for (at_s, _), due_s in zip(machine.seen[1:], (0.2, 0.3), strict=True))


def test_a_stopped_timer_never_fires_even_when_it_was_due_already() -> None:
    lab = Lab("a")
    kernel = lab.processes["a"]

    def script(now_s: float, event: Event) -> Effects:
        match event:
            case Began():
                return [SetTimer("first", now_s + 0.1), SetTimer("second", now_s + 0.1)]
            case Fired("first"):
                return [StopTimer("second")]
            case _:
                return [StopTimer("first")]

    machine = Scripted(script)
    Runner(kernel, machine, {}).feed(Began())
    lab.run(0.05)
    kernel.pause(True)
    lab.run(0.5)
    kernel.pause(False)
    assert len(machine.seen) == 2


def test_a_timer_that_is_put_off_again_and_again_costs_few_looks_and_fires_in_time() -> None:
    lab = Lab("a")
    kernel = lab.processes["a"]
    begun_s = kernel.clock_s()
    machine = Scripted(lambda now_s, event: [SetTimer("t", now_s + 0.5)] if isinstance(event, Began) else [])
    runner = Runner(kernel, machine, {})
    count = lab.timeline.count
    for n in range(1000):
        lab.timeline.later(n * 0.001, runner.feed, Began())
    lab.run(0.9995)
    assert not [event for _, event in machine.seen if isinstance(event, Fired)]
    assert lab.timeline.count - count - 1000 <= 4
    lab.run(1.0)
    ((at_s, _),) = [(at_s, event) for at_s, event in machine.seen if isinstance(event, Fired)]
    assert begun_s + 1.499 <= at_s <= begun_s + 1.5005


def test_a_timer_that_is_set_to_an_earlier_time_fires_then() -> None:
    lab = Lab("a")
    kernel = lab.processes["a"]
    begun_s = kernel.clock_s()

    def script(now_s: float, event: Event) -> Effects:
        return [SetTimer("t", begun_s + 1.0), SetTimer("t", begun_s + 0.1)] if event == Began() else []

    machine = Scripted(script)
    Runner(kernel, machine, {}).feed(Began())
    lab.run(2.0)
    assert [event for _, event in machine.seen] == [Began(), Fired("t")]
    assert machine.seen[1][0] == pytest.approx(begun_s + 0.1, abs=0.0003)
