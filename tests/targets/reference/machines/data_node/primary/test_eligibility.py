"""What a primary proposes about `eligible`, and when; seen from outside, as its ballots."""

from __future__ import annotations

from typing import Any

from targets.reference.defects import DEGRADE_WITHOUT_THE_REGISTER
from targets.reference.machines.data_node.primary import eligibility
from targets.reference.machines.words.grammar import Alert, Durable, Fired, Send
from targets.reference.machines.words.messages import (
    Accept,
    Follow,
    Granted,
    Heartbeat,
    Missing,
    MissingAnswer,
    Place,
    Prepare,
    Register,
    Reply,
    StreamAck,
    Write,
)
from tests.targets.reference.machines.playbook import SETTINGS, A, B, Play, serving, taking

ALONE, BOTH = Register(2, "n1", (A,)), Register(2, "n1", (A, B))
INTERVAL_S, SILENCE_S = SETTINGS.detector.interval_s, SETTINGS.detector.silence_s
LATE_S = 0.35


def beats(play: Play, for_s: float, *, follows: bool = False) -> Play:
    """Intervals pass, the lease is renewed; effects: of all of them. A ballot that is begun stays open."""
    effects, until_s = [], play.now_s + for_s
    while play.now_s < until_s - 1e-9:
        step_s = min(INTERVAL_S, until_s - play.now_s)
        effects += play.when(Fired("beat"), after_s=step_s).effects
        sent_s = play.said(Heartbeat)[0].sent_s
        for witness in ("w1", "w2"):
            effects += play.hears(witness, Granted(2, "n1", sent_s)).effects
        if follows:
            effects += play.hears("n2", StreamAck(2, "n2", "b", Place(2, 2))).effects
    play.effects = effects
    return play


def words(play: Play, *witnesses: str, dead: bool = True) -> Play:
    effects = []
    for witness in witnesses:
        effects += play.hears(witness, MissingAnswer(2, "n2", "b", dead)).effects
    play.effects = effects
    return play


def proposed(play: Play, shown: Register = BOTH) -> set[Register]:
    """What the ballot that was begun just now would put in the register's place."""
    if not play.said(Prepare):
        return set()
    play.promised(shown)
    return {accept.value for accept in play.said(Accept)}


def writing(**settings: Any) -> Play:
    """A write waits for n2, which says nothing more; the own disk holds it."""
    play = serving(BOTH, **settings)
    return play.hears("client", Write(1, "k", "new")).when(Durable(2, 3))


# --- sync: the dead -------------------------------------------------------------------------------


def test_the_witnesses_are_asked_about_an_eligible_standby_that_is_missing() -> None:
    play = beats(serving(BOTH), 2 * INTERVAL_S)
    assert not play.said(Missing)
    beats(play, 2 * INTERVAL_S)
    assert {send.to for send in play.of(Send) if isinstance(send.message, Missing)} == {"w1", "w2", "w3"}
    assert set(play.said(Missing)) == {Missing(2, "n2", "b")}


def test_nobody_is_asked_about_one_that_follows_or_is_not_eligible() -> None:
    assert not beats(serving(BOTH), 1.0, follows=True).said(Missing)
    assert not beats(serving(ALONE), 1.0).said(Missing)


def test_a_majoritys_word_takes_it_out_and_a_person_is_told() -> None:
    play = beats(serving(BOTH), 4 * INTERVAL_S)
    assert not words(play, "w1").said(Prepare)
    words(play, "w2")
    assert len(play.of(Alert)) == 1
    assert proposed(play) == {ALONE}


def test_one_witness_asked_twice_is_no_majority_and_a_stranger_is_no_witness() -> None:
    play = beats(serving(BOTH), 4 * INTERVAL_S)
    assert not words(play, "w1", "w1", "n2", "client").said(Prepare)


def test_a_word_stands_for_one_lease() -> None:
    play = words(beats(serving(BOTH), 4 * INTERVAL_S), "w1")
    beats(play, SETTINGS.granted_lease_s + INTERVAL_S)
    assert not words(play, "w2").said(Prepare)


def test_a_word_that_it_lives_takes_the_other_word_back() -> None:
    play = words(beats(serving(BOTH), 4 * INTERVAL_S), "w1")
    words(play, "w1", dead=False)
    assert not words(play, "w2").said(Prepare)


def test_writes_wait_until_the_register_has_changed() -> None:
    play = beats(writing(), 4 * INTERVAL_S)
    words(play, "w1", "w2")
    assert not play.said(Reply)
    play.shows(BOTH)
    assert [reply.outcome for reply in play.said(Reply)] == ["ok"]


def test_one_that_is_to_be_waited_for_stays_and_a_person_is_told_all_the_same() -> None:
    play = words(beats(serving(BOTH, dead_standby="wait"), 4 * INTERVAL_S), "w1", "w2")
    assert len(play.of(Alert)) == 1 and not play.said(Prepare)


def test_one_that_follows_again_is_dead_no_more() -> None:
    play = words(beats(serving(BOTH), 4 * INTERVAL_S), "w1")
    play.hears("n2", Follow(2, "n2", "b", (Place(2, 2),)))
    beats(play, INTERVAL_S)
    assert not words(play, "w2").said(Prepare)


# --- semi-sync ------------------------------------------------------------------------------------


def semi_sync(**more: Any) -> Play:
    return writing(replication="semi-sync", degrade_after_s=LATE_S, **more)


def late() -> Play:
    play = beats(semi_sync(), 0.3)
    return play.when(Fired(eligibility.TIMER), at_s=play.due_s(eligibility.TIMER))


def test_a_late_standby_leaves_once_a_write_has_waited_so_long_and_no_sooner() -> None:
    play = beats(semi_sync(), 0.3)
    assert not play.said(Prepare)
    due_s = play.due_s(eligibility.TIMER)
    assert due_s > play.now_s
    play.when(Fired(eligibility.TIMER), at_s=due_s)
    assert proposed(play) == {ALONE}


def test_it_acknowledges_alone_only_after_the_committed_answer() -> None:
    """Unknown degrade taken for done."""
    play = late()
    assert play.said(Prepare) and not play.said(Reply)
    play.shows(BOTH)
    assert [reply.outcome for reply in play.said(Reply)] == ["ok"]


def test_a_degrade_that_the_register_did_not_take_acknowledges_nothing() -> None:
    play = late()
    other = BOTH.maintained("nothing moves")
    assert not play.shows(other).said(Reply)


def test_without_a_write_that_waits_nobody_leaves() -> None:
    assert not beats(serving(BOTH, replication="semi-sync", degrade_after_s=LATE_S), 1.0).said(Prepare)


def test_without_a_lease_nobody_leaves() -> None:
    """After a long pause its standby may be well: what it said waits to be heard."""
    play = semi_sync()
    assert not play.when(Fired(eligibility.TIMER), after_s=5.0).said(Prepare)


def test_nobody_leaves_where_its_absence_would_block_as_well() -> None:
    assert not beats(semi_sync(min_standbys=1), 1.0).said(Prepare)


def test_semi_sync_asks_no_witness_about_the_dead() -> None:
    assert not beats(serving(BOTH, replication="semi-sync"), 1.0).said(Missing)


def test_degrade_without_the_register_acknowledges_at_once() -> None:
    """The defect of that name."""
    play = beats(semi_sync(defect=DEGRADE_WITHOUT_THE_REGISTER), LATE_S + 2 * INTERVAL_S)
    assert [reply.outcome for reply in play.said(Reply)] == ["ok"] and not play.said(Prepare)


# --- opening --------------------------------------------------------------------------------------


def test_with_too_few_standbys_to_open_anyone_may_return_first() -> None:
    play = taking(ALONE, min_standbys=1).granted(2).when(Durable(2, 2))
    play.hears("n2", Follow(2, "n2", "b", (Place(1, 1),)))
    play.hears("n2", StreamAck(2, "n2", "b", Place(2, 2)))
    assert proposed(play, ALONE) == {BOTH}
