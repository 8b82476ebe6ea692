"""While a host is probed, the runner names every act before and after it, and a death there ends it all."""

from __future__ import annotations

from collections.abc import Callable, Container

from harness.model.moment import Act
from harness.worlds.simulator.moments import EVERYTHING
from harness.worlds.simulator.process import Process
from targets.reference.machines.words.grammar import (
    Alert,
    Effects,
    Event,
    NodeState,
    Persist,
    Received,
    Redirect,
    Send,
    Validate,
)
from targets.reference.machines.words.messages import Here, Seal
from targets.reference.simulated.runner import Runner
from tests.worlds.simulator.kernels import Lab

SEAL = Received("w1", Seal(2), "c1")
Acted = Callable[[Process, str, str, bool], None]


class Story:
    """A machine that answers each event with the same effects; what was done, and what was seen of it."""

    def __init__(self, *effects: Send | Persist | Redirect | Validate | Alert) -> None:
        self.lab, self.seen, self.done = Lab("a"), list[str](), list[str]()
        self.process = self.lab.processes["a"]
        self._effects: Effects = [*effects]
        self.runner = Runner(
            self.process,
            self,
            {
                Send: self._note,
                Redirect: self._note,
                Validate: self._note,
                Alert: self._note,
                Persist: lambda effect: self.runner.block(),
            },
        )

    def handle(self, now_s: float, event: Event, /) -> Effects:
        self.done.append("handled")
        return self._effects

    def probe(self, dies_at: str = "", *, sought: Container[Act] = EVERYTHING) -> Story:
        def acted(process: Process, act: str, what: str, done: bool) -> None:
            line = f"{'after' if done else 'before'} {act} {what}"
            self.seen.append(line)
            if line == dies_at:
                process.kill()

        self.lab.hosts["a"].seek(sought, acted)
        return self

    def _note(self, effect: object) -> None:
        self.done.append(type(effect).__name__)


def test_every_act_is_seen_before_and_after() -> None:
    story = Story(Send("w1", Here(1, "n2", "x")), Redirect("n2", 2)).probe()
    story.runner.feed(SEAL)
    assert story.seen == [
        "before receives Seal",
        "after receives Seal",
        "before sends Here",
        "after sends Here",
        "before does Redirect",
        "after does Redirect",
    ]
    assert story.done == ["handled", "Send", "Redirect"]


def test_what_nobody_looks_for_is_not_named() -> None:
    story = Story(Send("w1", Here(1, "n2", "x")), Redirect("n2", 2)).probe(sought={("sends", "Here")})
    story.runner.feed(SEAL)
    assert story.seen == ["before sends Here", "after sends Here"]
    assert story.done == ["handled", "Send", "Redirect"]


def test_nothing_is_named_while_nobody_looks() -> None:
    story = Story(Send("w1", Here(1, "n2", "x")))
    story.runner.feed(SEAL)
    assert (story.seen, story.done) == ([], ["handled", "Send"])


def test_a_death_before_a_message_is_taken_leaves_it_unhandled() -> None:
    story = Story(Redirect("n2", 2)).probe("before receives Seal")
    story.runner.feed(SEAL)
    assert story.done == []


def test_a_death_after_it_was_taken_carries_nothing_out() -> None:
    story = Story(Redirect("n2", 2)).probe("after receives Seal")
    story.runner.feed(SEAL)
    assert story.done == ["handled"]


def test_a_death_between_two_effects_carries_out_the_first_alone() -> None:
    for point in ("after does Redirect", "before does Validate"):
        story = Story(Redirect("n2", 2), Validate(2, "n2")).probe(point)
        story.runner.feed(SEAL)
        story.runner.feed(SEAL)
        assert story.done == ["handled", "Redirect"]


def test_what_takes_its_time_is_done_when_it_is_durable() -> None:
    story = Story(Persist(NodeState(identity="x", sealed=2)), Redirect("n2", 2)).probe("after persists seal")
    story.runner.feed(SEAL)
    assert story.seen[-1] == "before persists seal"
    story.runner.go_on()
    assert (story.seen[-1], story.done) == ("after persists seal", ["handled"])


def test_what_is_being_made_durable_while_the_look_begins_is_carried_through() -> None:
    story = Story(Persist(NodeState(identity="x", sealed=2)), Redirect("n2", 2))
    story.runner.feed(SEAL)
    story.probe()
    story.runner.go_on()
    assert story.done == ["handled", "Redirect"]
