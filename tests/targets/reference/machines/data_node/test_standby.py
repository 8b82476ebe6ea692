from __future__ import annotations

import msgspec
import pytest

from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.standby import TIMERS, WATCH, Standby
from targets.reference.machines.words.grammar import (
    Append,
    NodeState,
    Persist,
    Retire,
    Send,
    StopTimer,
    TellRole,
    Truncate,
)
from targets.reference.machines.words.messages import (
    Common,
    Follow,
    FollowRefused,
    Place,
    Prepare,
    Record,
    Register,
    Rest,
    Stream,
    StreamAck,
    StreamRefused,
)
from tests.targets.reference.machines.playbook import SETTINGS, A, B, record, state

INTERVAL_S, SILENCE_S = SETTINGS.detector.interval_s, SETTINGS.detector.silence_s


class Given:
    """n2 follows n1, primary of epoch 2; its log holds the records given, all durable."""

    def __init__(self, *records: Record, sealed: int = 0) -> None:
        self.own = Own("n2", SETTINGS, state(B, sealed), records, 7, frozenset())
        self.standby = Standby(self.own, Register(2, "n1", (A, B)))
        self.begun = self.standby.begin(0.0)

    def follows(self) -> Given:
        last = self.own.log.last
        self.standby.common(0.0, Common(2, last, last))
        return self

    def sealed_at(self, epoch: int) -> Given:
        self.own.seal(epoch)
        self.standby.sealed()
        return self

    def ack(self, epoch: int, position: int) -> Send:
        return Send("n1", StreamAck(2, "n2", "b", Place(epoch, position)))


def stream(previous: Place, *records: Record, epoch: int = 2, acknowledged: int = 0) -> Stream:
    return Stream(epoch, previous, records, acknowledged)


def test_it_begins_by_asking_the_primary_with_its_whole_history() -> None:
    given = Given(record(1, 1), record(1, 2))
    assert given.begun[:2] == [
        TellRole("standby", 2),
        Send("n1", Follow(2, "n2", "b", (Place(1, 2),))),
    ]


def test_records_are_answered_when_they_are_durable_not_before() -> None:
    given = Given(record(1, 1)).follows()
    assert given.standby.stream(0.0, stream(Place(1, 1), record(2, 2))) == [Append((record(2, 2),))]
    given.own.wrote(Place(2, 2))
    assert given.standby.wrote() == [given.ack(2, 2)]


def test_a_question_whether_it_is_there_is_answered_with_what_is_durable() -> None:
    given = Given(record(1, 1)).follows()
    given.standby.stream(0.0, stream(Place(1, 1), record(2, 2)))
    assert given.standby.stream(0.0, stream(Place(2, 2))) == [given.ack(1, 1)]


def test_a_record_without_the_one_that_precedes_it_is_refused() -> None:
    given = Given(record(1, 1)).follows()
    for now_s, previous in enumerate((Place(2, 1), Place(1, 2), Place()), start=1):
        refusal = given.standby.stream(now_s, stream(previous, record(2, 9)))
        assert refusal == [Send("n1", StreamRefused(2, "n2", 2, Place(1, 1)))]


def test_a_gap_is_refused_once_for_all_that_is_on_its_way() -> None:
    given = Given(record(1, 1)).follows()
    assert given.standby.stream(1.0, stream(Place(2, 4), record(2, 5)))
    assert given.standby.stream(1.01, stream(Place(2, 5), record(2, 6))) == []
    assert given.standby.stream(1.0 + INTERVAL_S, stream(Place(2, 6), record(2, 7)))


def test_every_follower_truncates_not_only_the_old_primary() -> None:
    """Its tail may be at the positions of what the new primary writes."""
    given = Given(record(1, 1), record(1, 2), record(1, 3))
    effects = given.standby.common(0.0, Common(2, Place(1, 1), Place(1, 3)))
    seal, truncate = effects
    assert seal == Persist(NodeState(identity="b", sealed=2))
    assert isinstance(truncate, Truncate) and truncate.after_position == 1
    assert given.own.durable == Place(1, 1)


def test_nothing_is_followed_before_the_last_common_record_is_known() -> None:
    given = Given(record(1, 1))
    assert given.standby.stream(0.0, stream(Place(1, 1), record(2, 2))) == []
    assert given.standby.wrote() == []


def test_a_late_answer_about_an_older_log_drops_nothing() -> None:
    """Asked twice over a slow link: what was followed and answered for since then must stay."""
    given = Given(record(1, 1)).follows()
    given.standby.stream(0.0, stream(Place(1, 1), record(2, 2)))
    given.own.wrote(Place(2, 2))
    assert given.standby.common(0.1, Common(2, Place(1, 1), Place(1, 1))) == []
    assert given.own.durable == Place(2, 2)


def test_a_common_place_that_it_does_not_hold_is_ignored() -> None:
    given = Given(record(1, 1))
    assert given.standby.common(0.0, Common(2, Place(1, 4), Place(1, 1))) == []


def test_a_common_place_of_another_epoch_is_ignored() -> None:
    given = Given(record(1, 1))
    assert given.standby.common(0.0, Common(1, Place(), Place(1, 1))) == []
    assert given.own.log.last == Place(1, 1)


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_stream_older_than_its_seal_is_refused_for_ever(epoch: int) -> None:
    given = Given(record(1, 1)).follows().sealed_at(3)
    refusal = given.standby.stream(0.0, stream(Place(1, 1), record(epoch, 2), epoch=epoch))
    assert refusal == [Send("n1", StreamRefused(epoch, "n2", 3, Place(1, 1)))]
    assert given.own.log.last == Place(1, 1)


def test_the_seal_is_looked_at_again_after_the_fsync() -> None:
    given = Given(record(1, 1)).follows()
    given.standby.stream(0.0, stream(Place(1, 1), record(2, 2)))
    given.sealed_at(3)
    given.own.wrote(Place(2, 2))
    assert given.standby.wrote() == []


def test_a_given_up_promotion_is_told_to_the_primary_that_the_seal_shuts_out() -> None:
    """Else a false suspicion blocks a healthy cluster for ever: the seal stays."""
    given = Given(record(1, 1)).follows().sealed_at(3)
    effects = given.standby.fired(1.0, WATCH)
    assert Send("n1", StreamRefused(2, "n2", 3, Place(1, 1))) in effects
    assert not [e for e in effects if isinstance(e, Send) and isinstance(e.message, Follow)]


def test_reads_of_it_may_show_what_the_primary_says_is_acknowledged() -> None:
    given = Given(record(1, 1, "old")).follows()
    given.standby.stream(0.0, stream(Place(1, 1), record(2, 2, "new"), acknowledged=1))
    assert given.own.table.value("k") == "old"
    given.standby.stream(0.0, stream(Place(2, 2), acknowledged=9))
    assert given.own.table.value("k") == "new"


def test_a_silent_primary_is_asked_again_every_interval() -> None:
    given = Given(record(1, 1)).follows()
    assert not [e for e in given.standby.fired(2 * INTERVAL_S, WATCH) if isinstance(e, Send)]
    assert [e for e in given.standby.fired(2.1 * INTERVAL_S, WATCH) if isinstance(e, Send)]


def test_a_long_silent_primary_makes_it_read_the_register_but_not_while_a_failover_is_due() -> None:
    given = Given(record(1, 1)).follows()
    reads_s = []
    for tick in range(1, 40):
        effects = given.standby.fired(tick * INTERVAL_S, WATCH)
        if [e for e in effects if isinstance(e, Send) and isinstance(e.message, Prepare)]:
            reads_s.append(tick * INTERVAL_S)
    assert len(reads_s) == 1 and reads_s[0] > 2 * SILENCE_S, "and one at a time"


def test_a_stream_of_a_newer_epoch_makes_it_read_the_register() -> None:
    given = Given(record(1, 1)).follows()
    effects = given.standby.stream(0.0, stream(Place(1, 1), record(3, 2), epoch=3))
    assert [e for e in effects if isinstance(e, Send) and isinstance(e.message, Prepare)]
    assert given.own.log.last == Place(1, 1)


def test_a_node_that_knows_a_newer_epoch_makes_it_read_the_register() -> None:
    given = Given(record(1, 1))
    assert given.standby.refused(0.0, FollowRefused(3, "n3"))
    assert given.standby.refused(0.0, FollowRefused(1, "n1")) == []


def test_it_ends_with_its_timers() -> None:
    assert Given().standby.end() == [StopTimer(timer) for timer in TIMERS]


def test_a_hot_standby_applies_what_is_acknowledged_and_a_warm_one_holds_it_back() -> None:
    for temperature, value in (("hot", "v"), ("warm", "")):
        settings = msgspec.structs.replace(SETTINGS, standby=temperature)
        own = Own("n2", settings, state(B), (record(1, 1),), 7, frozenset())
        standby = Standby(own, Register(2, "n1", (A, B)))
        standby.begin(0.0)
        standby.common(0.0, Common(2, Place(1, 1), Place(1, 1)))
        effects = standby.stream(0.1, stream(Place(1, 1), record(2, 2), acknowledged=2))
        assert own.table.value("k") == value
        assert Append((record(2, 2),)) in effects, "both hold it durably"


def cold(*records: Record) -> Given:
    given = Given(*records)
    given.own.settings = msgspec.structs.replace(SETTINGS, replication="async", standby="cold")
    given.standby = Standby(given.own, Register(2, "n1", (A, B)))
    return given.follows()


def test_a_cold_one_that_may_rest_ends_once_its_disk_has_caught_up() -> None:
    given = cold(record(1, 1))
    given.standby.stream(0.0, stream(Place(1, 1), record(2, 2)))
    assert given.standby.rest(Rest(2)) == [] and given.standby.state == "leaving"
    assert given.standby.stream(0.0, stream(Place(2, 2), record(2, 3))) == []
    given.own.wrote(Place(2, 2))
    assert given.standby.wrote() == [Retire(2, "b", Place(2, 2))] and given.own.retired


def test_only_a_cold_one_that_follows_rests() -> None:
    assert Given(record(1, 1)).follows().standby.rest(Rest(2)) == []
    given = cold(record(1, 1))
    assert given.standby.rest(Rest(1)) == [] and given.standby.state == "following"


def test_who_is_sealed_while_it_leaves_stays() -> None:
    given = cold(record(1, 1))
    given.standby.stream(0.0, stream(Place(1, 1), record(2, 2)))
    given.standby.rest(Rest(2))
    given.sealed_at(3)
    given.own.wrote(Place(2, 2))
    assert given.standby.state == "away" and not any(isinstance(e, Retire) for e in given.standby.wrote())


def test_who_leaves_asks_for_nothing_and_takes_no_late_answer() -> None:
    given = cold(record(1, 1))
    given.standby.stream(0.0, stream(Place(1, 1), record(2, 2)))
    given.standby.rest(Rest(2))
    assert not any(isinstance(effect, Send) for effect in given.standby.fired(9.0, WATCH)[:2])
    given.standby.common(9.0, Common(2, Place(2, 2), Place(2, 2)))
    assert given.standby.state == "leaving" and given.standby.reigns() == []
