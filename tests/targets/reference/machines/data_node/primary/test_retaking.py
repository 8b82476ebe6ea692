from __future__ import annotations

from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.primary.retaking import TIMER, Retaking
from targets.reference.machines.words.grammar import Effects, Fired, Send, SetTimer
from targets.reference.machines.words.messages import HeartbeatRefused, Prepare
from tests.targets.reference.machines.playbook import SETTINGS, A, B, record, serving, state
from tests.targets.reference.machines.reigns import BOTH, L_S

SILENCE_S = SETTINGS.detector.silence_s
NOW_S = 100.0


def retaking() -> Retaking:
    """n1 reigns in epoch 2."""
    own = Own("n1", SETTINGS, state(A), (record(1, 1),), 7, frozenset())
    return Retaking(own, 2)


def reads(effects: Effects) -> bool:
    """The register is asked."""
    return any(isinstance(effect, Send) and isinstance(effect.message, Prepare) for effect in effects)


def test_a_refusal_for_a_newer_epoch_is_a_reason_to_read_the_register_and_to_wait_for_a_lease() -> None:
    effects = retaking().refused(NOW_S, 5)
    assert reads(effects) and SetTimer(TIMER, NOW_S + L_S) in effects


def test_however_often_it_is_refused_it_asks_once() -> None:
    given = retaking()
    given.refused(NOW_S, 5)
    assert given.refused(NOW_S + 0.1, 6) == []


def test_a_refusal_by_one_who_knows_no_newer_epoch_is_none() -> None:
    given = retaking()
    assert given.refused(NOW_S, 2) == [] and given.refused(NOW_S, 1) == []


def test_one_that_is_still_refused_after_a_lease_is_due() -> None:
    given = retaking()
    given.refused(NOW_S, 5)
    given.refused(NOW_S + L_S - SILENCE_S / 2, 5)
    assert not given.is_due
    given.fired(NOW_S + L_S)
    assert given.is_due


def test_one_that_has_not_been_refused_for_a_silence_is_calm_and_may_be_asked_anew() -> None:
    given = retaking()
    given.refused(NOW_S, 5)
    assert given.fired(NOW_S + SILENCE_S + 0.01) == [] and not given.is_due
    assert given.refused(NOW_S + 10.0, 5) != []


def test_the_epoch_that_it_takes_is_not_below_any_that_it_was_refused_for() -> None:
    given = retaking()
    for known in (5, 7, 6):
        given.refused(NOW_S, known)
    assert given.newer(BOTH) == BOTH.succeeded(7, "n1", (A, B))


def test_a_refusal_that_was_not_repeated_after_a_lease_takes_no_new_epoch() -> None:
    """A witness had merely accepted something that a later ballot settled otherwise."""
    play = serving(BOTH)
    play.hears("w1", HeartbeatRefused(2, "n1", play.now_s, 3)).shows(BOTH)
    play.when(Fired(TIMER), after_s=L_S)
    assert not play.said(Prepare)


def test_a_refusal_by_one_who_knows_no_newer_epoch_means_wait() -> None:
    play = serving(BOTH)
    assert play.hears("w1", HeartbeatRefused(2, "n1", play.now_s, 2)).effects == []
