"""A failover to standbys that do not run."""

from __future__ import annotations

import msgspec

from targets.reference.machines.failover.coordinator import TIMER
from targets.reference.machines.words.grammar import Alert, Began, Fired
from targets.reference.machines.words.messages import (
    Here,
    LeaseOver,
    Place,
    Reach,
    Register,
    Seal,
    Sealed,
    Wake,
)
from targets.reference.settings import Settings
from tests.targets.reference.machines.failover.test_coordinator import C, Leading, hears, step
from tests.targets.reference.machines.playbook import SETTINGS, A, B, Play

COLD = msgspec.structs.replace(SETTINGS, replication="async", standby="cold")
BESIDE = msgspec.structs.replace(COLD, nodes=("n1", "n2", "n3"), standby={"n3": "cold"})
V, THREE = Register(1, "n1", (A, B)), Register(1, "n1", (A, B, C))
INTERVAL_S = SETTINGS.detector.interval_s


def reaching(settings: Settings, register: Register) -> Play:
    return Play(Leading(settings)).when(Began()).shows(register)


def test_with_nobody_that_runs_the_cold_one_is_woken_at_once_and_asked() -> None:
    play = reaching(COLD, V)
    assert play.sent_to(Wake) == ["n2/agent"] and play.sent_to(Reach) == ["n2"]


def test_who_does_not_answer_is_woken_again_and_who_does_is_not() -> None:
    play = reaching(COLD, V)
    assert play.when(Fired(TIMER), after_s=INTERVAL_S).sent_to(Wake) == ["n2/agent"]
    hears(play, Here(1, "n2", "b"), "n2")
    assert step(play) == "fencing"
    hears(play, LeaseOver(1, "n1"), "w1", "w2").shows(V)
    assert play.sent_to(Seal) == ["n2"]
    assert not play.when(Fired(TIMER), after_s=INTERVAL_S).sent_to(Wake)


def test_beside_one_that_runs_nobody_is_woken_before_that_one_has_had_its_time() -> None:
    play = reaching(BESIDE, THREE)
    assert not play.sent_to(Wake)
    assert play.when(Fired(TIMER), after_s=INTERVAL_S).sent_to(Wake) == ["n3/agent"]


def test_one_that_runs_is_promoted_without_waiting_for_the_one_that_does_not() -> None:
    play = hears(reaching(BESIDE, THREE), Here(1, "n2", "b"), "n2")
    hears(play, LeaseOver(1, "n1"), "w1", "w2").shows(THREE)
    assert step(hears(play, Sealed(2, "n2", "b", Place(1, 5)), "n2")) == "moving"


def test_it_has_the_stated_time_of_a_start_beyond_the_usual() -> None:
    def lasts(settings: Settings) -> int:
        play, beats = reaching(settings, V), 0
        while step(play) != "idle":
            play.when(Fired(TIMER), after_s=INTERVAL_S)
            beats += 1
        return beats

    hot = msgspec.structs.replace(COLD, standby="hot")
    assert lasts(COLD) - lasts(hot) == COLD.cold_start_s / INTERVAL_S


def test_whoever_still_looks_when_another_attempt_has_made_a_primary_is_overtaken_and_calls_nobody() -> None:
    play = reaching(COLD, V)
    assert isinstance(play.machine, Leading)
    assert play.machine.coordinator.heard(play.now_s, 1, "n1") == []
    effects = play.machine.coordinator.heard(play.now_s, 2, "n2")
    assert step(play) == "idle" and not any(isinstance(effect, Alert) for effect in effects)
    assert play.machine.coordinator.outcomes == {"overtaken": 1}
