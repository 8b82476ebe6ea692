"""An alarm rings once, when it is due on the host's clock and never early, however often it was set anew."""

from __future__ import annotations

from tests.worlds.simulator.kernels import Lab


class Story:
    """One host with one alarm; times count from now, on the host's clock."""

    def __init__(self) -> None:
        self.lab = Lab("a")
        self.process, self.rang_s = self.lab.processes["a"], list[float]()
        self._begun_s = self.process.clock_s()
        self._alarm = self.process.alarm(lambda: self.rang_s.append(self.process.clock_s() - self._begun_s))

    def set(self, *at_s: float) -> Story:
        for each_s in at_s:
            self._alarm.set(self._begun_s + each_s)
        return self

    def stop(self) -> Story:
        self._alarm.stop()
        return self

    def rings_at(self, *due_s: float) -> bool:
        late = [rang_s - at_s for rang_s, at_s in zip(self.rang_s, due_s, strict=True)]
        return all(0.0 <= late_s <= 0.0003 for late_s in late)


def test_it_is_never_early_nor_much_late() -> None:
    story, due = Story(), [0.005 + n * 0.006 for n in range(200)]
    for at_s in due:
        story.set(at_s).lab.run(0.006)
    assert story.rings_at(*due)


def test_the_last_time_that_it_was_set_to_counts() -> None:
    for asked in ((1.0, 2.0), (2.0, 1.0), (1.0, 3.0, 2.0), (3.0, 1.0, 2.0)):
        story = Story().set(*asked)
        story.lab.run(5.0)
        assert story.rings_at(asked[-1]), asked


def test_putting_it_off_costs_nothing() -> None:
    story, acts = Story().set(1.0), 0
    for n in range(1, 10):
        before = story.lab.timeline.count
        story.set(1.0 + n * 0.1).lab.run(0.1)
        acts += story.lab.timeline.count - before
    assert acts == 0
    story.lab.run(2.0)
    assert story.rings_at(1.9)


def test_one_that_was_stopped_is_silent_until_it_is_set_anew() -> None:
    story = Story().set(1.0).stop()
    story.lab.run(2.0)
    assert story.rang_s == []
    story.set(3.0).lab.run(2.0)
    assert story.rings_at(3.0)


def test_one_that_comes_in_a_pause_rings_after_it_and_not_if_it_was_stopped_first() -> None:
    story = Story().set(1.0)
    story.process.pause(True)
    story.lab.run(2.0)
    assert story.rang_s == []
    story.process.pause(False)
    assert len(story.rang_s) == 1
    stopped = Story().set(1.0)
    stopped.process.pause(True)
    stopped.lab.run(2.0)
    stopped.process.run(stopped._alarm.stop, ())
    stopped.process.pause(False)
    assert stopped.rang_s == []


def test_a_dead_process_hears_none() -> None:
    story = Story().set(1.0)
    story.process.kill()
    story.lab.run(2.0)
    assert story.rang_s == []
