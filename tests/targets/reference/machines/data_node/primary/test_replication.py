from __future__ import annotations

from typing import Any

import msgspec

from targets.reference.machines.data_node.log import Log
from targets.reference.machines.data_node.primary.replication import Replication
from targets.reference.machines.words.grammar import Answer
from targets.reference.machines.words.messages import (
    Common,
    Follow,
    Member,
    Place,
    Register,
    Stream,
    StreamAck,
    StreamRefused,
)
from tests.targets.reference.machines.playbook import SETTINGS, A, B, record

C = Member("n3", "c")
ALONE, BOTH = Register(2, "n1", (A,)), Register(2, "n1", (A, B))


class Given:
    """n1 reigns in epoch 2 over a log of one older record; its mark is at position 2."""

    def __init__(self, register: Register = BOTH, *, defect: str = "", **words: Any) -> None:
        self.log = Log([record(1, 1), record(2, 2)])
        settings = msgspec.structs.replace(SETTINGS, **words)
        defects = frozenset({defect} if defect else ())
        self.replication = Replication(self.log, register, settings, defects)
        self.counting = self.replication.counting

    def append(self, count: int = 1) -> Given:
        for _ in range(count):
            self.log.append([record(2, self.log.last.position + 1)])
        self.replication.appended()
        return self

    def durable(self, position: int) -> Given:
        self.counting.durable = position
        return self

    def follows(self, member: Member = B, *history: Place, now_s: float = 0.0) -> Given:
        self.replication.follow(now_s, Follow(2, member.node, member.identity, history), f"c-{member.node}")
        return self

    def acks(self, position: int, member: Member = B, *, epoch: int = 2, now_s: float = 0.0) -> Given:
        last = self.log.place(position)
        self.replication.ack(now_s, StreamAck(epoch, member.node, member.identity, last))
        return self

    def candidate(self, *, now_s: float = 0.0, successors_only: bool = False) -> Register | None:
        return self.counting.candidate(now_s, self.log.last.position, successors_only=successors_only)

    @property
    def reachable(self) -> int:
        return self.counting.reachable()


# --- what counts ----------------------------------------------------------------------------------


def test_a_record_counts_once_the_primary_and_every_eligible_standby_hold_it() -> None:
    given = Given().follows().durable(2)
    assert given.reachable == 0
    assert given.acks(2).reachable == 2


def test_with_two_standbys_the_slower_one_tells() -> None:
    given = Given(Register(2, "n1", (A, B, C))).append().durable(3)
    given.follows(B).follows(C).acks(3, B).acks(2, C)
    assert given.reachable == 2


def test_own_fsync_is_awaited() -> None:
    """A standby may be faster; what only it holds is lost with it."""
    given = Given().follows().append().acks(3)
    assert given.reachable == 0
    assert given.durable(2).reachable == 2
    assert given.durable(3).reachable == 3


def test_an_answer_of_another_epoch_counts_for_nothing() -> None:
    """Answer without epoch: a late one of the former reign may name a record that this log has not."""
    assert Given().follows().durable(2).acks(2, epoch=1).reachable == 0


def test_an_answer_about_a_record_that_is_not_in_this_log_counts_for_nothing() -> None:
    given = Given().follows().durable(2)
    given.replication.ack(0.0, StreamAck(2, B.node, B.identity, Place(1, 2)))
    given.replication.ack(0.0, StreamAck(2, B.node, B.identity, Place(2, 3)))
    assert given.reachable == 0


def test_an_answer_of_another_store_of_that_name_counts_for_nothing() -> None:
    """Lost store, same name."""
    fresh = Member("n2", "another")
    assert Given().follows(B).durable(2).acks(2, fresh).reachable == 0
    assert Given().follows(fresh).durable(2).acks(2, fresh).reachable == 0


def test_a_standby_that_is_not_eligible_is_not_waited_for() -> None:
    given = Given(ALONE).durable(2)
    assert given.reachable == 2


def test_nothing_inherited_counts_before_a_record_of_the_own_epoch_does() -> None:
    given = Given().follows().durable(2).acks(1)
    assert given.reachable == 0


def test_in_async_mode_the_primary_alone_is_enough() -> None:
    given = Given(replication="async").append()
    assert given.durable(2).reachable == 2


def test_an_answer_counts_from_its_stream_on_not_from_an_older_one() -> None:
    """Its disk may have lost what an answer of a former life of it named."""
    given = Given().follows().durable(2).acks(2)
    assert given.follows(B, Place(1, 1)).reachable == 0


def test_it_names_those_without_whom_nothing_is_acknowledged() -> None:
    assert Given(Register(2, "n1", (A, B, C))).counting.waited_for() == ("n2", "n3")


# --- while eligible changes -----------------------------------------------------------------------


def test_acknowledging_while_a_standby_returns_needs_it_too() -> None:
    """By the old view alone a write could be acknowledged without it, and then it is promoted."""
    given = Given(ALONE).follows().durable(2).acks(2)
    given.candidate()
    given.counting.proposed(BOTH)
    given.append().durable(3)
    assert given.reachable == 2
    assert given.acks(3).reachable == 3


def test_a_change_that_is_uncertain_needs_the_old_set_too() -> None:
    """Unknown degrade taken for done."""
    given = Given(BOTH).follows().durable(2)
    given.counting.proposed(ALONE)
    assert given.reachable == 0
    given.counting.resolved(ALONE)
    assert given.reachable == 2


def test_a_returning_standby_is_waited_for_before_it_is_published() -> None:
    given = Given(ALONE).append(300).durable(302)
    given.follows().acks(200)
    assert given.candidate() is None
    given.append().durable(303)
    assert given.reachable == 200


def test_a_return_checks_everything_before_the_moment_not_only_own_acknowledgements() -> None:
    """Inherited records and what reads have shown are in the log as well."""
    given = Given(ALONE).durable(2).follows().acks(1)
    assert given.candidate() is None
    given.acks(2)
    assert given.candidate() == BOTH


def test_a_return_includes_what_reads_have_shown_meanwhile() -> None:
    given = Given(ALONE).durable(2).follows().acks(1)
    given.candidate()
    given.append().durable(3).acks(2)
    assert given.candidate() == BOTH
    assert given.reachable == 2


def test_a_change_that_is_not_in_force_leaves_the_standby_waited_for() -> None:
    given = Given(ALONE).durable(2).follows().acks(2)
    assert given.candidate() == BOTH
    given.counting.proposed(BOTH)
    given.counting.resolved(ALONE)
    given.append().durable(3)
    assert given.reachable == 2


def test_a_standby_that_left_before_it_was_published_is_waited_for_no_more() -> None:
    given = Given(ALONE).durable(2).follows().acks(1)
    given.candidate()
    assert given.reachable == 0
    given.replication.beat(10.0)
    assert given.reachable == 2


def test_a_standby_that_left_while_it_is_published_is_waited_for() -> None:
    given = Given(ALONE).durable(2).follows().acks(2)
    given.candidate()
    given.counting.proposed(BOTH)
    given.replication.beat(10.0)
    given.append().durable(3)
    assert given.reachable == 0


def test_a_store_that_was_lost_while_it_returned_is_waited_for_no_more() -> None:
    """Its successor returns in its place; that store never will."""
    given = Given(ALONE).durable(2).follows().acks(1)
    given.candidate()
    assert given.reachable == 0
    fresh = Member("n2", "another")
    assert given.follows(fresh).reachable == 2


def test_one_that_is_gone_when_its_change_is_shown_not_to_be_in_force_is_waited_for_no_more() -> None:
    given = Given(ALONE).durable(2).follows().acks(2)
    given.candidate()
    given.counting.proposed(BOTH)
    given.replication.beat(10.0)
    given.append().durable(3)
    assert given.reachable == 0
    given.counting.resolved(ALONE)
    assert given.reachable == 3


def test_one_that_lags_far_behind_is_not_waited_for_yet() -> None:
    given = Given(ALONE).append(1000).durable(1002).follows().acks(700)
    assert given.candidate() is None
    assert given.reachable == 1002


def test_another_store_takes_the_place_of_the_lost_one() -> None:
    fresh = Member("n2", "another")
    given = Given(BOTH).durable(2).follows(fresh).acks(2, fresh)
    assert given.candidate() == Register(2, "n1", (A, fresh))


def test_before_the_primary_is_open_only_a_lost_stores_successor_is_taken() -> None:
    """Whoever else comes back then would only be one more to wait for."""
    given = Given(ALONE).durable(2).follows().acks(2)
    assert given.candidate(successors_only=True) is None and given.reachable == 2
    fresh = Member("n2", "another")
    given = Given(BOTH).durable(2).follows(fresh).acks(2, fresh)
    assert given.candidate(successors_only=True) == Register(2, "n1", (A, fresh))


def test_one_change_at_a_time() -> None:
    given = Given(ALONE).durable(2).follows().acks(2)
    given.counting.proposed(BOTH)
    assert given.candidate() is None


def test_a_standby_has_all_when_it_is_eligible_and_holds_the_last_record() -> None:
    given = Given().follows().acks(2)
    assert given.replication.has_all("n2") and not given.replication.has_all("n3")
    assert not given.append().replication.has_all("n2")
    assert not Given(ALONE).follows().acks(2).replication.has_all("n2")


# --- streams --------------------------------------------------------------------------------------


def follow(given: Given, *history: Place) -> list[Answer]:
    effects = given.replication.follow(0.0, Follow(2, "n2", "b", history), "c")
    return [effect for effect in effects if isinstance(effect, Answer)]


def test_a_stream_begins_after_the_last_common_record() -> None:
    common, stream = follow(Given(), Place(1, 7))
    assert common == Answer("c", Common(2, Place(1, 1), Place(1, 7)))
    assert stream == Answer("c", Stream(2, Place(1, 1), (record(2, 2),), 0))


def test_a_standby_that_has_everything_is_asked_whether_it_is_there() -> None:
    _, stream = follow(Given(), Place(1, 1), Place(2, 2))
    assert stream == Answer("c", Stream(2, Place(2, 2), (), 0))


def test_a_new_record_goes_to_everyone_who_follows() -> None:
    given = Given().follows(B, Place(1, 1), Place(2, 2)).follows(C, Place(1, 1), Place(2, 2))
    given.log.append([record(2, 3)])
    vias = [effect.via for effect in given.replication.appended() if isinstance(effect, Answer)]
    assert vias == ["c-n2", "c-n3"]


def test_what_is_on_its_way_is_bounded() -> None:
    given = Given().append(20_000)
    sent = follow(given, Place(1, 1))
    records = sum(len(answer.message.records) for answer in sent if isinstance(answer.message, Stream))
    assert 0 < records <= 5000
    more = given.replication.ack(0.0, StreamAck(2, "n2", "b", given.log.place(records)))
    assert more


def test_after_a_gap_the_stream_goes_on_from_what_the_standby_holds() -> None:
    given = Given().follows(B, Place(1, 1)).append(3)
    effects = given.replication.refused(StreamRefused(2, "n2", 2, Place(2, 2)))
    assert effects[0] == Answer("c-n2", Stream(2, Place(2, 2), given.log.after(2, at_most=9), 0))


def test_a_gap_after_a_record_that_is_not_here_is_not_filled() -> None:
    given = Given().follows(B, Place(1, 1))
    assert given.replication.refused(StreamRefused(2, "n2", 2, Place(1, 2))) == []


def test_a_standby_that_has_been_silent_is_dropped() -> None:
    given = Given().follows(B, Place(1, 1), Place(2, 2), now_s=0.0)
    assert given.replication.beat(0.4)
    assert given.replication.beat(0.41) == []
    assert given.replication.identity("n2") == ""
