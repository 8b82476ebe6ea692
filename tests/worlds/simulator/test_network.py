"""Connections: order and delay, and what each way of cutting does to them."""

from __future__ import annotations

import pytest

from harness.model.fault import CutMode
from harness.seams import Wire
from harness.worlds.simulator.ways import Lossiness, Slowness
from tests.worlds.simulator.kernels import PORT, Hearing, Lab, say

FORTH, BACK = ("a", "b"), ("b", "a")


def test_messages_arrive_in_order_after_less_than_a_millisecond() -> None:
    lab = Lab("a", "b")
    near, far = lab.connected("a", "b")
    begun_s = lab.timeline.now_s
    say(near, *range(50))
    lab.run()
    assert far.heard == [*range(50)]
    assert all(0.0001 <= at_s - begun_s <= 0.0003 for at_s in far.times_s)


def test_a_port_that_nobody_listens_at_refuses() -> None:
    lab = Lab("a", "b")
    ear = Hearing(lab.timeline)
    lab.processes["a"].dial("b", PORT, ear)
    lab.run()
    assert ear.heard == ["lost"]


def test_what_the_far_end_says_at_once_never_overtakes_the_news_of_the_connection() -> None:
    for seed in range(50):
        lab = Lab("a", "b", seed=seed)
        near, far = Hearing(lab.timeline), Hearing(lab.timeline)

        def accept(wire: Wire, far: Hearing = far) -> Hearing:
            wire.send("hello")
            return far

        lab.processes["b"].listen(PORT, accept)
        lab.processes["a"].dial("b", PORT, near)
        lab.run()
        assert near.heard == ["made", "hello"]


def test_closing_is_heard_after_all_that_was_sent() -> None:
    lab = Lab("a", "b")
    near, far = lab.connected("a", "b")
    say(near, 1, 2)
    assert near.wire is not None
    near.wire.close()
    say(far, "too late")
    lab.run()
    assert far.heard == [1, 2, "lost"]
    assert near.heard == []


def test_a_killed_process_leaves_what_it_had_sent_and_closed_connections() -> None:
    lab = Lab("a", "b")
    near, far = lab.connected("a", "b")
    say(near, "last words")
    lab.processes["a"].kill()
    lab.run()
    assert far.heard == ["last words", "lost"]


def test_refuse_closes_what_is_open_and_what_is_dialled() -> None:
    lab = Lab("a", "b")
    near, far = lab.connected("a", "b")
    lab.fault({FORTH: "refuse", BACK: "refuse"})
    ear = Hearing(lab.timeline)
    lab.processes["a"].dial("b", PORT, ear)
    lab.run()
    assert near.heard == far.heard == ear.heard == ["lost"]


def test_drop_loses_messages_in_one_direction_and_keeps_the_connection() -> None:
    lab = Lab("a", "b")
    near, far = lab.connected("a", "b")
    lab.fault({FORTH: "drop"})
    say(near, "lost")
    say(far, "arrives")
    lab.run()
    assert (near.heard, far.heard) == (["arrives"], [])


def test_a_connection_that_a_drop_has_hurt_is_reset_at_healing_and_no_other() -> None:
    lab = Lab("a", "b", "c")
    hurt, whole = lab.connected("a", "b"), lab.connected("a", "c")
    lab.fault({FORTH: "drop", ("a", "c"): "drop"})
    say(hurt[0], "gone")
    lab.run()
    lab.fault({})
    say(whole[0], "still there")
    lab.run()
    assert hurt[0].heard == hurt[1].heard == ["lost"]
    assert whole[1].heard == ["still there"]


@pytest.mark.parametrize("how", ["stall", "loss"])
def test_what_was_held_arrives_after_healing_in_its_order(how: CutMode) -> None:
    lab = Lab("a", "b")
    near, far = lab.connected("a", "b")
    lab.fault({FORTH: how})
    say(near, 1, 2)
    lab.run(0.5)
    assert far.heard == []
    lab.fault({})
    say(near, 3)
    lab.run(2.0)
    assert far.heard == [1, 2, 3]


def test_what_was_lost_below_tcp_waits_for_the_next_time_out() -> None:
    lab = Lab("a", "b")
    near, far = lab.connected("a", "b")
    lab.fault({FORTH: "loss", BACK: "loss"})
    sent_s = lab.timeline.now_s
    say(near, 1)
    lab.run(0.7)
    lab.fault({})
    lab.run(5.0)
    # Sent again after 0.2 s, 0.4 s and 0.8 s: the third of them meets an open way.
    assert far.heard == [1]
    assert far.times_s[0] - sent_s == pytest.approx(1.4, abs=0.01)


def test_under_loss_a_dial_hangs_and_is_tried_again() -> None:
    lab = Lab("a", "b")
    lab.processes["b"].listen(PORT, lambda wire: Hearing(lab.timeline))
    lab.fault({BACK: "loss"})
    ear = Hearing(lab.timeline)
    lab.processes["a"].dial("b", PORT, ear)
    lab.run(0.5)
    assert ear.heard == []
    lab.fault({})
    lab.run(1.0)
    assert ear.heard == ["made"]


def test_under_drop_a_dial_succeeds_and_nothing_is_heard() -> None:
    lab = Lab("a", "b")
    lab.fault({FORTH: "drop", BACK: "drop"})
    near, far = lab.connected("a", "b")
    say(far, "hello")
    lab.run(1.0)
    assert near.heard == []


def test_a_slow_way_adds_its_delay_within_its_jitter_and_keeps_the_order() -> None:
    lab = Lab("a", "b")
    near, far = lab.connected("a", "b")
    lab.fault({}, {FORTH: [Slowness(0.03, 0.02)]})
    begun_s = lab.timeline.now_s
    say(near, *range(100))
    lab.run(0.2)
    assert far.heard == [*range(100)]
    assert all(0.01 <= at_s - begun_s <= 0.0503 for at_s in far.times_s)


def test_closing_before_it_is_made_gives_up_and_the_far_end_hears_of_it() -> None:
    lab = Lab("a", "b")
    near, far, accepted = Hearing(lab.timeline), Hearing(lab.timeline), list[Wire]()

    def accept(wire: Wire) -> Hearing:
        accepted.append(wire)
        lab.timeline.halt()
        return far

    lab.processes["b"].listen(PORT, accept)
    wire = lab.processes["a"].dial("b", PORT, near)
    lab.timeline.run(1.0)
    wire.close()
    lab.run()
    assert (near.heard, far.heard) == ([], ["lost"])


class Between:
    """b forwards what a sends to c, and back; heard: what c has heard."""

    def __init__(self, seed: int = 1) -> None:
        self.lab = Lab("a", "b", "c", seed=seed)
        self.near, front = self.lab.connected("a", "b")
        back, self.far = self.lab.connected("b", "c")
        assert front.wire is not None and back.wire is not None
        front.wire.forward(back.wire)
        back.wire.forward(front.wire)
        self.front, self.back = front, back


def test_what_is_forwarded_takes_both_ways_and_one_act() -> None:
    between = Between()
    begun_s, count = between.lab.timeline.now_s, between.lab.timeline.count
    say(between.near, 1)
    assert between.lab.timeline.count == count + 1
    say(between.far, 2)
    between.lab.run()
    assert (between.far.heard, between.near.heard, between.front.heard) == ([1], [2], [])
    assert 0.0002 <= between.far.times_s[0] - begun_s <= 0.0006


@pytest.mark.parametrize("trouble", ["pause", "stall near", "stall far", "slow near", "slow far"])
def test_what_is_forwarded_keeps_its_order_whatever_begins_and_ends_meanwhile(trouble: str) -> None:
    """Messages at moments of their own, the trouble comes and goes in the middle of them."""
    ways = {"near": FORTH, "far": ("b", "c")}
    for seed in range(30):
        between = Between(seed)
        lab = between.lab

        def begin(lab: Lab = lab) -> None:
            if trouble == "pause":
                lab.processes["b"].pause(True)
            elif trouble.startswith("stall"):
                lab.fault({ways[trouble.split()[1]]: "stall"})
            else:
                lab.fault({}, {ways[trouble.split()[1]]: [Slowness(0.001, 0.001)]})

        def end(lab: Lab = lab) -> None:
            lab.processes["b"].pause(False)
            lab.fault({})

        lab.timeline.later(0.001, begin)
        lab.timeline.later(0.002, end)
        for n in range(300):
            lab.timeline.later(n * 0.00001, say, between.near, n)
        lab.run(0.5)
        assert between.far.heard == [*range(300)]


def test_a_death_between_lets_what_it_had_forwarded_arrive_and_then_closes() -> None:
    between = Between()
    say(between.near, 1, 2)
    between.lab.processes["b"].kill()
    say(between.near, 3)
    between.lab.run()
    assert between.far.heard == [1, 2, "lost"]
    assert between.near.heard == ["lost"]


def test_a_connection_is_clear_while_nothing_is_in_the_way_of_an_answer() -> None:
    lab = Lab("a", "b")
    near, _ = lab.connected("a", "b")
    seen = [clear(near)]
    lab.fault({BACK: "drop"})
    seen.append(clear(near))
    lab.fault({})
    seen.append(clear(near))
    lab.processes["b"].pause(True)
    seen.append(clear(near))
    lab.processes["b"].pause(False)
    lab.processes["b"].kill()
    assert [*seen, clear(near)] == [True, False, True, False, False]


def clear(ear: Hearing) -> bool:
    assert ear.wire is not None
    return ear.wire.is_clear


def test_a_lossy_way_delivers_everything_late_and_in_its_order() -> None:
    lab = Lab("a", "b")
    near, far = lab.connected("a", "b")
    lab.fault({}, {FORTH: [Lossiness(0.1)]})
    begun_s = lab.timeline.now_s
    for n in range(200):
        lab.timeline.later(n * 0.01, say, near, n)
    lab.run(20.0)
    assert far.heard == [*range(200)]
    late_s = max(at_s - begun_s - n * 0.01 for n, at_s in enumerate(far.times_s))
    assert late_s > 0.19


def test_a_dial_over_a_lossy_way_may_take_a_second_longer() -> None:
    took_s = set()
    for seed in range(60):
        lab = Lab("a", "b", seed=seed)
        ear, far = Hearing(lab.timeline), Hearing(lab.timeline)

        def accept(wire: Wire, far: Hearing = far) -> Hearing:
            return far

        lab.processes["b"].listen(PORT, accept)
        lab.fault({}, {BACK: [Lossiness(0.2)]})
        lab.processes["a"].dial("b", PORT, ear)
        lab.run(10.0)
        assert ear.heard == ["made"]
        took_s.add(round(ear.times_s[0]))
    assert took_s >= {0, 1}
