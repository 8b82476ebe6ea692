"""Which reign a witness watches, seen from outside."""

from __future__ import annotations

from targets.reference.machines.detection.detector import TIMER as SILENCE
from targets.reference.machines.witness.accuser import VOTE
from targets.reference.machines.words.grammar import (
    Fired,
    Tell,
)
from targets.reference.machines.words.messages import (
    Accept,
    HandBack,
    Vote,
)
from tests.targets.reference.machines.witness.test_witness import (
    MOVED,
    SILENCE_S,
    beat,
    silent,
    watching,
)


def test_a_primary_that_dies_before_its_first_heartbeat_is_missed_too() -> None:
    play = watching()
    play.hears("n1", HandBack(1, "n1"))
    play.hears("n2", Accept((2, "n2", 1), MOVED))
    play.when(Fired(SILENCE), after_s=SILENCE_S)
    assert [(tell.phase, tell.epoch, tell.subject) for tell in play.of(Tell)] == [("suspected", 2, "n2")]


def test_of_a_newer_reign_the_clock_starts_anew() -> None:
    play = silent(watching())
    play.hears("n1", HandBack(1, "n1"))
    beat(play, 2, "n2")
    assert play.due_s(SILENCE) == play.now_s + SILENCE_S
    assert not play.when(Fired(VOTE)).said(Vote)
