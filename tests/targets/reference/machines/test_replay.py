"""What was said in an earlier epoch, said again over a new connection at any later time, changes nothing.

The driver lets no recorded session in at all: it could not answer the challenge. Here it has got in.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from msgspec import Struct

from targets.reference.defects import HAND_BACK_UNBOUND, OLDER_EPOCH_ACCEPTED
from targets.reference.machines.words import messages
from targets.reference.machines.words.grammar import Received
from targets.reference.machines.words.messages import Message
from tests.targets.reference.machines.schedules import Run
from tests.targets.reference.machines.test_fuzz import CLIENTS

RUNS = 200
_KEPT_MAX = 30
# Nothing of the protocol itself: what answers clients and operators.
_ANSWERS = {"Reply", "SwitchOverAnswer", "StatusAnswer", "OrderAnswer", "PrimaryIs"}


class Recorded(Struct, frozen=True):
    source: str
    target: str
    message: Message
    epoch: int


class Replayer:
    """Keeps some messages of every kind, and says those of older epochs again all the time, to the end."""

    def __init__(self, run: Run, seed: int) -> None:
        self._run, self._draw = run, random.Random(seed)
        self._kept: dict[type, list[Recorded]] = {}
        self.replayed: Counter[str] = Counter()
        run.cluster.net.sent = self._sent
        self._later()

    def _sent(self, source: str, target: str, message: Message) -> None:
        kept = self._kept.setdefault(type(message), [])
        recorded = Recorded(source, target, message, self._run.truth.register.epoch)
        if len(kept) < _KEPT_MAX:
            kept.append(recorded)
        elif self._draw.random() < 0.1:
            kept[self._draw.randrange(_KEPT_MAX)] = recorded

    def _later(self) -> None:
        self._run.cluster.later(self._draw.uniform(0.001, 0.02), self._again)

    def _again(self) -> None:
        now = self._run.truth.register.epoch
        old = [recorded for kept in self._kept.values() for recorded in kept if recorded.epoch < now]
        kinds = sorted({type(recorded.message).__name__ for recorded in old})
        if kinds:
            kind = self._draw.choice(kinds)
            self._deliver(self._draw.choice([one for one in old if type(one.message).__name__ == kind]))
        self._later()

    def _deliver(self, recorded: Recorded) -> None:
        """By a connection that nobody listens at."""
        cluster = self._run.cluster
        for place in (cluster.running, cluster.agents):
            if recorded.target in place:
                self.replayed[type(recorded.message).__name__] += 1
                via = f"replay/{sum(self.replayed.values())}"
                place[recorded.target].receive(Received(recorded.source, recorded.message, via))


def replayed(seed: int, defect: str = "") -> tuple[Run, Replayer]:
    run = Run(seed, frozenset({defect} if defect else ()))
    return run, Replayer(run, seed)


@pytest.mark.slow
def test_no_message_of_an_earlier_epoch_changes_anything_whatever_its_kind() -> None:
    problems, kinds = dict[int, str](), set[str]()
    for seed in range(RUNS):
        run, replayer = replayed(seed)
        problem = run.problem()
        if problem:
            problems[seed] = problem
        kinds |= replayer.replayed.keys()
    assert problems == {}
    assert {kind.__name__ for kind in messages.Message.__args__} - CLIENTS - _ANSWERS <= kinds


@pytest.mark.parametrize("seed", range(10))
def test_replays_break_nothing(seed: int) -> None:
    run, replayer = replayed(seed)
    assert run.problem() == "" and (replayer.replayed or run.truth.register.epoch <= 1)


@pytest.mark.slow
@pytest.mark.parametrize("defect", [HAND_BACK_UNBOUND, OLDER_EPOCH_ACCEPTED])
def test_who_believes_an_old_word_is_found(defect: str) -> None:
    def found(seed: int) -> bool:
        run, _ = replayed(seed, defect)
        return run.problem() != ""

    assert any(found(seed) for seed in range(100))
