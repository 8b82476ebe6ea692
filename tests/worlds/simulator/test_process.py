"""A process: what survives it, what waits while it is paused, what dies with it."""

from __future__ import annotations

from harness.seams import Kernel
from tests.worlds.simulator.kernels import Lab, Noted, say


def test_clocks_of_two_hosts_differ_and_both_go_on() -> None:
    lab = Lab("a", "b")
    before = [lab.processes[name].clock_s() for name in "ab"]
    lab.run(10.0)
    after = [lab.processes[name].clock_s() for name in "ab"]
    assert before[0] != before[1]
    assert all(abs(b - a - 10.0) < 0.001 for a, b in zip(before, after, strict=True))


def test_what_is_synced_survives_and_what_is_not_is_lost_with_its_process() -> None:
    lab = Lab("a")
    process, done = lab.processes["a"], list[str]()
    process.sync(lambda parts: process.disk.update(first=1), lambda: done.append("first"), process.exit)
    lab.run(0.01)
    process.sync(lambda parts: None, lambda: done.append("second"), process.exit)
    process.sync(lambda parts: process.disk.update(third=3), lambda: done.append("third"), process.exit)
    process.kill()
    lab.run(0.01)
    assert (lab.begin("a").disk, done) == ({"first": 1}, ["first"])


def test_writes_take_their_turn_and_one_to_four_milliseconds_each() -> None:
    lab = Lab("a")
    process, at_s = lab.processes["a"], list[float]()
    for _ in range(20):
        process.sync(lambda parts: None, lambda: at_s.append(lab.timeline.now_s), process.exit)
    lab.run(0.1)
    gaps = [b - a for a, b in zip([0.0, *at_s], at_s, strict=False)]
    assert len(gaps) == 20
    assert all(0.001 <= gap <= 0.004 for gap in gaps)


def test_a_frozen_process_hears_its_messages_first_and_then_its_timers() -> None:
    lab = Lab("a", "b")
    near, far = lab.connected("a", "b")
    frozen = lab.processes["b"]
    frozen.pause(True)
    frozen.after(0.001, far.heard.append, "timer")
    lab.run(0.01)
    say(near, "message")
    lab.run(0.01)
    assert far.heard == []
    frozen.pause(False)
    assert far.heard == ["message", "timer"]


def test_a_frozen_host_still_accepts() -> None:
    lab = Lab("a", "b")
    lab.processes["b"].pause(True)
    near, far = lab.connected("a", "b")
    say(near, "waiting")
    lab.run()
    assert far.heard == []
    lab.processes["b"].pause(False)
    assert far.heard == ["waiting"]


def test_a_parent_hears_of_its_childs_end_a_moment_later() -> None:
    lab = Lab("a")
    ended: list[float] = []
    child = lab.processes["a"].fork(Noted, stopped=_unheard, ended=lambda: ended.append(lab.timeline.now_s))
    child.signal("SIGKILL")
    assert (child.alive, ended) == (False, [])
    lab.run()
    assert 0.0 < ended[0] < 0.002


def test_a_child_dies_with_its_parent_and_nobody_hears_of_it() -> None:
    lab = Lab("a")
    ended: list[str] = []
    child = lab.processes["a"].fork(Noted, stopped=_unheard, ended=lambda: ended.append("child"))
    lab.processes["a"].kill()
    lab.run()
    assert (child.alive, ended, lab.hosts["a"].processes) == (False, [], [])


def test_a_parent_hears_of_a_child_that_was_stopped_alone() -> None:
    lab = Lab("a")
    stops: list[float] = []
    parent = lab.processes["a"]
    child = parent.fork(Noted, stopped=lambda: stops.append(lab.timeline.now_s), ended=_unheard)
    child.pause(True)
    assert len(stops) == 1
    child.pause(False)
    parent.pause(True)  # the whole host: nobody on it sees it happen, nor later that it did
    child.pause(True)
    child.pause(False)
    parent.pause(False)
    assert len(stops) == 1


def test_a_dead_process_does_nothing_that_it_had_planned() -> None:
    lab = Lab("a")
    done: list[str] = []
    lab.processes["a"].after(0.001, done.append, "timer")
    lab.processes["a"].kill()
    lab.run()
    assert done == []


def test_any_other_signal_is_for_the_program_and_waits_while_it_is_paused() -> None:
    lab = Lab("a")
    programs: list[Noted] = []

    def program(kernel: Kernel) -> Noted:
        programs.append(Noted(kernel))
        return programs[0]

    child = lab.processes["a"].fork(program, stopped=_unheard, ended=_unheard)
    child.pause(True)
    child.signal("SIGTERM")
    assert programs[0].signals == []
    child.pause(False)
    assert (programs[0].signals, child.alive) == (["SIGTERM"], True)


def _unheard() -> None:
    """What is not looked at here."""
