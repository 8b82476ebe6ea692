"""Virtual time: order, chance, and where it stops."""

from __future__ import annotations

from harness.worlds.simulator.timeline import Timeline


def test_acts_come_in_the_order_of_their_moments_then_of_their_asking() -> None:
    timeline, done = Timeline(1), list[str]()
    for delay_s, name in ((0.2, "late"), (0.1, "first"), (0.1, "second")):
        timeline.later(delay_s, done.append, name)
    timeline.run(1.0)
    assert done == ["first", "second", "late"]
    assert timeline.now_s == 1.0


def test_it_stops_at_the_moment_of_the_act_that_was_waited_for() -> None:
    timeline, done = Timeline(1), list[str]()
    timeline.later(0.1, done.append, "first")
    timeline.later(0.1, timeline.halt)
    timeline.later(0.1, done.append, "second")
    timeline.run(1.0)
    assert (done, timeline.now_s) == (["first"], 0.1)


def test_what_lies_in_the_past_is_due_now() -> None:
    timeline, at_s = Timeline(1), list[float]()
    timeline.run(0.5)
    timeline.at(0.1, lambda: at_s.append(timeline.now_s))
    timeline.run(1.0)
    assert at_s == [0.5]


def test_chance_follows_from_the_seed_alone() -> None:
    assert Timeline(7).draw.random() == Timeline(7).draw.random()
    assert Timeline(7).draw.random() != Timeline(8).draw.random()
