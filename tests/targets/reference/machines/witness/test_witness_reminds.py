"""A coordinator that dies after its ballot leaves a primary that does not know: any witness tells it."""

from __future__ import annotations

from targets.reference.machines.detection.detector import TIMER as SILENCE
from targets.reference.machines.witness.reminder import TIMER as REMIND
from targets.reference.machines.words.grammar import Fired
from targets.reference.machines.words.messages import Accept, Accepted, Promote
from tests.targets.reference.machines.playbook import SETTINGS, Play
from tests.targets.reference.machines.witness.test_witness import MOVED, beat, watching

L_S, SILENCE_S = SETTINGS.granted_lease_s, SETTINGS.detector.silence_s


def moved() -> Play:
    """Another witness's ballot has made n2 primary, and that is all that is heard of it."""
    play = watching().hears("w2", Accept((3, "w2", 1), MOVED), after_s=L_S)
    assert play.said(Accepted)
    return play


def test_the_new_primary_is_reminded_until_it_beats() -> None:
    play = moved()
    for _ in range(2):
        assert play.when(Fired(REMIND), at_s=play.due_s(REMIND)).said(Promote)
    due_s = play.due_s(REMIND)
    beat(play, 2, "n2")
    assert not play.when(Fired(REMIND), at_s=due_s).said(Promote)


def test_one_that_beats_in_time_is_not_reminded() -> None:
    play = moved()
    due_s = play.due_s(REMIND)
    assert not beat(play, 2, "n2").when(Fired(REMIND), at_s=due_s).said(Promote)


def test_one_that_is_held_for_failed_is_not_reminded() -> None:
    play = moved().when(Fired(SILENCE), after_s=SILENCE_S)
    assert not play.when(Fired(REMIND)).said(Promote)
