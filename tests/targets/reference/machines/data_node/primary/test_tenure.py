from __future__ import annotations

from targets.reference.defects import NO_LEASE_CHECK
from targets.reference.machines.words.grammar import (
    Durable,
    Fired,
    Redirect,
    Tell,
    TellRole,
    Validate,
)
from targets.reference.machines.words.messages import (
    Granted,
    Read,
)
from tests.targets.reference.machines.playbook import serving, taking
from tests.targets.reference.machines.reigns import ALONE, HELD_S, INTERVAL_S, outcomes, write


def test_it_serves_once_it_has_its_lease_and_its_mark_is_acknowledged() -> None:
    play = taking(ALONE).when(Durable(2, 2))
    assert not play.of(TellRole)
    play.granted(2)
    assert play.of(TellRole) == [TellRole("primary", 2)]
    assert play.of(Tell) == [Tell("promoted", 2, "n1")]
    assert play.of(Redirect) == [Redirect("n1", 2)] and play.of(Validate) == [Validate(2, "n1")]


def test_it_fences_itself_when_its_lease_runs_out_and_not_before() -> None:
    play = serving(ALONE)
    play.when(Fired("lease"), after_s=HELD_S / 2)
    assert not play.of(TellRole)
    play.when(Fired("lease"), after_s=play.due_s("lease") - play.now_s)
    assert play.of(TellRole) == [TellRole("fenced", 2)]


def test_a_late_grant_counts_from_the_heartbeat_that_it_answers() -> None:
    play = taking(ALONE).when(Durable(2, 2))
    sent_s = play.now_s
    play.when(Fired("beat"), after_s=INTERVAL_S)
    play.when(Fired("beat"), after_s=INTERVAL_S)
    for witness in ("w1", "w2"):
        play.hears(witness, Granted(2, "n1", sent_s))
    play.now_s = sent_s + HELD_S
    assert outcomes(play.hears("client", Read(1, "k"))) == [(1, "fail")]


def test_the_lease_is_looked_at_before_an_acknowledgement_is_decided() -> None:
    play = write(serving(ALONE))
    assert outcomes(play.when(Durable(2, 3), after_s=HELD_S)) == []


def test_what_waited_without_a_lease_is_acknowledged_when_it_is_granted_again() -> None:
    play = write(serving(ALONE)).when(Durable(2, 3), Fired("lease"), after_s=HELD_S)
    assert play.of(TellRole) == [TellRole("fenced", 2)]
    play.when(Fired("beat")).granted(2)
    assert outcomes(play) == [(1, "ok")]
    assert play.of(TellRole) == [TellRole("primary", 2)]


def test_without_the_lease_check_it_serves_on() -> None:
    """The defect of that name."""
    play = serving(ALONE, defect=NO_LEASE_CHECK)
    assert outcomes(play.hears("client", Read(1, "k"), after_s=10 * HELD_S)) == [(1, "ok")]
