"""What each defect changes, beside what is right: one line of behaviour at a time.

Defects of parts that have a test file of their own (detection, k of n, the fence device) are shown there.
"""

from __future__ import annotations

import pytest

from targets.reference import defects as d
from targets.reference.machines.agent import Agent
from targets.reference.machines.data_node.log import Log
from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.primary import handover as switch
from targets.reference.machines.data_node.primary.retaking import TIMER as RETAKE
from targets.reference.machines.data_node.standby import Standby
from targets.reference.machines.lease import Granter, HeldLease
from targets.reference.machines.register.caspaxos import Acceptor, Committed, Proposer
from targets.reference.machines.witness.copying import TIMER as COPY
from targets.reference.machines.witness.copying import Copying
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import (
    AgentSaw,
    Began,
    Durable,
    Fired,
    HangUp,
    Redirect,
    Truncate,
    WitnessState,
)
from targets.reference.machines.words.messages import (
    NO_BALLOT,
    Accept,
    Accepted,
    BallotRefused,
    Common,
    CopyAnswer,
    Granted,
    HandBack,
    Heartbeat,
    HeartbeatRefused,
    MissingAnswer,
    Place,
    Prepare,
    Promised,
    Read,
    Register,
    Reply,
    Seal,
    Stream,
    StreamAck,
    StreamRefused,
    SwitchOver,
    Write,
)
from tests.targets.reference.machines.data_node.primary.test_replication import Given as Replicating
from tests.targets.reference.machines.playbook import (
    SETTINGS,
    A,
    B,
    Play,
    node,
    record,
    serving,
    state,
    taking,
)

L_S, HELD_S = SETTINGS.granted_lease_s, SETTINGS.held_lease_s
ALONE, BOTH = Register(2, "n1", (A,)), Register(2, "n1", (A, B))
V = Register(1, "n1", (A, B))
KEPT = WitnessState(promised=(5, "n1", 1), accepted=(5, "n1", 1), value=BOTH)


def having(defect: str) -> frozenset[str]:
    return frozenset({defect} if defect else ())


def with_and_without(defect: str, changed: object, right: object) -> pytest.MarkDecorator:
    """The defect with what it does, and none with what is right."""
    return pytest.mark.parametrize(("defect", "expected"), [(defect, changed), ("", right)])


# --- leases and detection -----------------------------------------------------------------------------


def late_grants(defect: str) -> Play:
    """Both grants are answers to the heartbeat before the last; the lease of that one has run out."""
    play = taking(ALONE, defect=defect).when(Durable(2, 2))
    first_s = play.now_s
    play.when(Fired("beat"), after_s=HELD_S)
    for witness in ("w1", "w2"):
        play.hears(witness, Granted(2, "n1", first_s))
    return play


@pytest.mark.parametrize(
    ("defect", "serves"), [(d.LEASE_FROM_ANSWER, True), (d.LEASE_FROM_NEWEST_SEND, True), ("", False)]
)
def test_a_late_grant_is_no_lease_unless_it_is_counted_wrongly(defect: str, serves: bool) -> None:
    play = late_grants(defect).hears("client", Read(1, "k"))
    assert [reply.outcome == "ok" for reply in play.said(Reply)] == [serves]


@with_and_without(d.GRANTS_AFTER_A_RESTART, True, False)
def test_a_restarted_witness_grants_at_once(defect: str, expected: bool) -> None:
    granter = Granter(SETTINGS, having(defect))
    granter.began(0.0)
    assert granter.heartbeat(0.0, 2, "n2") is expected


@with_and_without(d.EPOCH_IN_MEMORY, True, False)
def test_a_restarted_witness_grants_an_epoch_older_than_what_its_disk_holds(
    defect: str, expected: bool
) -> None:
    granter = Granter(SETTINGS, having(defect))
    granter.began(-L_S)
    granter.accepted(2)
    assert granter.heartbeat(0.0, 1, "n1") is expected


@with_and_without(d.HAND_BACK_UNBOUND, True, False)
def test_a_late_hand_back_of_an_older_epoch_frees_the_present_grant(defect: str, expected: bool) -> None:
    granter = Granter(SETTINGS, having(defect))
    granter.began(-L_S)
    assert granter.heartbeat(0.0, 2, "n1")
    granter.hand_back(1, "n1")
    assert granter.heartbeat(0.0, 3, "n2") is expected


@with_and_without(d.GOES_ON_AFTER_HAND_BACK, 3, 0)
def test_a_switchover_hands_the_lease_back_when_it_begins(defect: str, expected: int) -> None:
    play = serving(BOTH, defect=defect).hears("operator", SwitchOver(9, "n2"))
    assert len(play.said(HandBack)) == expected


@with_and_without(d.STOPPED_IS_DEAD, 3, 0)
def test_a_child_that_was_stopped_counts_as_dead(defect: str, expected: int) -> None:
    play = Play(Agent("n1", SETTINGS, having(defect))).when(Began(), AgentSaw("child claims", 4))
    assert len(play.when(AgentSaw("child stopped")).said(HandBack)) == expected


# --- the register ---------------------------------------------------------------------------------------


@with_and_without(d.WITNESS_FORGETS, NO_BALLOT, (5, "n1", 1))
def test_a_restarted_witness_has_forgotten_what_it_accepted(
    defect: str, expected: tuple[int, str, int]
) -> None:
    play = Play(Witness("w1", SETTINGS, KEPT, 7, having(defect))).when(Began())
    play.hears("n2", Prepare((6, "n2", 1)))
    assert [promise.accepted for promise in play.said(Promised)] == [expected]


@with_and_without(d.COMES_BACK_EMPTY, 1, 0)
def test_a_witness_without_a_store_answers_for_the_register(defect: str, expected: int) -> None:
    play = Play(Witness("w1", SETTINGS, None, 7, having(defect))).when(Began())
    play.when(Fired(COPY), after_s=1.0)
    assert len(play.hears("n2", Prepare((6, "n2", 1))).said(Promised)) == expected


def reading(defect: str) -> Proposer:
    """Two of three have promised; w1 shows a value that nobody else knows."""
    given = Proposer("n1", 7, SETTINGS.witnesses, 2, having(defect))
    given.start(0.0, None, None)
    given.handle(0.0, "w1", Promised((1, "n1", 7), (1, "n2", 3), ALONE))
    given.handle(0.0, "w2", Promised((1, "n1", 7), NO_BALLOT, V))
    return given


@with_and_without(d.PROMISES_PROVE, Committed(ALONE, changed=False), None)
def test_what_one_witness_shows_is_believed_after_promises(defect: str, expected: Committed | None) -> None:
    assert reading(defect).take() == expected


@with_and_without(d.ONE_ACCEPTED_IS_ENOUGH, Committed(ALONE, changed=False), None)
def test_one_accepted_is_enough(defect: str, expected: Committed | None) -> None:
    given = reading(defect)
    given.handle(0.0, "w1", Accepted((1, "n1", 7)))
    assert given.take() == expected


@with_and_without(d.BALLOT_AGAIN, [Promised, Accepted, Accepted], [BallotRefused, BallotRefused, Accepted])
def test_two_proposers_may_use_the_same_number(defect: str, expected: list[type]) -> None:
    acceptor = Acceptor(KEPT, having(defect))
    answers = [
        acceptor.prepare(Prepare((5, "a", 1)))[1],
        acceptor.accept(Accept((5, "a", 1), V))[1],
        acceptor.accept(Accept((5, "n1", 1), BOTH))[1],
    ]
    assert [type(answer) for answer in answers] == expected


# --- acknowledgement, logs, reads -----------------------------------------------------------------------


@with_and_without(d.ACK_BEFORE_REPLICATION, 2, 0)
def test_the_primarys_own_disk_is_enough(defect: str, expected: int) -> None:
    assert Replicating(defect=defect).follows().durable(2).reachable == expected


@with_and_without(d.OWN_FSYNC_NOT_AWAITED, 2, 0)
def test_the_standbys_disk_is_enough(defect: str, expected: int) -> None:
    assert Replicating(defect=defect).follows().durable(0).acks(2).reachable == expected


class Following:
    """n2 follows n1, primary of epoch 2; it holds one record, durable."""

    def __init__(self, defect: str, *, follows: bool = True) -> None:
        self.own = Own("n2", SETTINGS, state(B), (record(1, 1),), 7, having(defect))
        self.standby = Standby(self.own, Register(2, "n1", (A, B)))
        self.standby.begin(0.0)
        if follows:
            self.standby.common(0.0, Common(2, Place(1, 1), Place(1, 1)))

    def streams(self, position: int, epoch: int = 2) -> list[StreamAck | StreamRefused]:
        previous = self.own.log.place(position - 1)
        stream = Stream(epoch, previous, (record(epoch, position),), 0)
        effects = self.standby.stream(0.0, stream)
        messages = [effect.message for effect in effects if hasattr(effect, "message")]
        return [message for message in messages if isinstance(message, StreamAck | StreamRefused)]


@with_and_without(d.STANDBY_ANSWERS_EARLY, Place(2, 3), Place(2, 2))
def test_a_standby_answers_for_what_is_not_durable(defect: str, expected: Place) -> None:
    given = Following(defect)
    given.streams(2)
    given.streams(3)
    given.own.wrote(Place(2, 2))
    (answer,) = given.standby.wrote()
    assert answer.message.last == expected  # type: ignore[union-attr]


@with_and_without(d.ANSWER_WITHOUT_EPOCH, 2, 0)
def test_an_answer_of_another_epoch_counts(defect: str, expected: int) -> None:
    assert Replicating(defect=defect).follows().durable(2).acks(2, epoch=1).reachable == expected


@with_and_without(d.ANSWER_WITHOUT_EPOCH, 1, 0)
def test_a_standby_that_does_not_follow_yet_answers(defect: str, expected: int) -> None:
    assert len(Following(defect, follows=False).standby.wrote()) == expected


@with_and_without(d.OLDER_EPOCH_ACCEPTED, [], [StreamRefused(2, "n2", 3, Place(1, 1))])
def test_a_sealed_standby_takes_the_older_stream(defect: str, expected: list[StreamRefused]) -> None:
    given = Following(defect)
    given.own.seal(3)
    given.standby.sealed()
    assert given.streams(2) == expected


@with_and_without(d.POSITIONS_WITHOUT_EPOCHS, Place(2, 3), Place(1, 2))
def test_a_divergent_tail_counts_as_the_same(defect: str, expected: Place) -> None:
    mine = [record(1, 1), record(1, 2), record(2, 3), record(2, 4)]
    log = Log(mine, by_position=defect == d.POSITIONS_WITHOUT_EPOCHS)
    assert log.common([Place(1, 3)]) == expected


@with_and_without(d.REJOIN_WITHOUT_TRUNCATION, 0, 1)
def test_a_divergent_tail_stays(defect: str, expected: int) -> None:
    given = Following(defect, follows=False)
    given.own.append((record(1, 2),))
    effects = given.standby.common(0.0, Common(2, Place(1, 1), Place(1, 2)))
    assert sum(isinstance(effect, Truncate) for effect in effects) == expected


@with_and_without(d.READS_LOCAL_RECORDS, "new", "")
def test_a_read_shows_what_nobody_acknowledged(defect: str, expected: str) -> None:
    play = serving(BOTH, defect=defect).hears("client", Write(1, "key", "new"))
    assert [reply.value for reply in play.hears("client", Read(2, "key")).said(Reply)] == [expected]


@with_and_without(d.UNKNOWN_TOLD_AS_FAILED, ["fail"], ["unknown"])
def test_what_waits_at_a_deposed_primary_is_called_failed(defect: str, expected: list[str]) -> None:
    play = serving(BOTH, defect=defect).hears("client", Write(1, "k", "new"))
    assert [reply.outcome for reply in play.hears("w1", Seal(3)).said(Reply)] == expected


@with_and_without(d.LOST_STORE_SAME_NAME, "", "fresh")
def test_a_new_store_is_told_by_its_name_alone(defect: str, expected: str) -> None:
    own = Own("n2", SETTINGS, state(B), (), 7, having(defect))
    other = Own("n2", SETTINGS, state(type(B)("n2", "fresh")), (), 7, having(defect))
    assert other.member.identity == expected
    assert (own.member == other.member) is bool(defect)


# --- promotion, start, switchover -------------------------------------------------------------------------


@with_and_without(d.GIVEN_UP_PROMOTION_BLOCKS, 0, 3)
def test_a_primary_that_is_refused_takes_no_newer_epoch(defect: str, expected: int) -> None:
    play = serving(BOTH, defect=defect)
    play.hears("n2", StreamRefused(2, "n2", 3, Place(2, 2))).shows(BOTH)
    play.hears("w1", HeartbeatRefused(2, "n1", play.now_s, 3), after_s=L_S)
    assert len(play.when(Fired(RETAKE)).said(Prepare)) == expected


@with_and_without(d.RESUMES_ITS_EPOCH, 0, 3)
def test_a_restarted_primary_takes_no_new_epoch_but_its_old_one(defect: str, expected: int) -> None:
    """What follows the read is its old reign, or a ballot for a new one."""
    play = node(A, record(1, 1), defect=defect).shows(V)
    assert len(play.said(Prepare)) == expected


@with_and_without(d.ONLY_FOLLOWS_AFTER_A_RESTART, 0, 3)
def test_a_restarted_primary_that_is_still_named_waits(defect: str, expected: int) -> None:
    assert len(node(A, record(1, 1), defect=defect).shows(V).said(Prepare)) == expected


@with_and_without(d.SWITCHOVER_WITHOUT_SEAL, (0, 3), (1, 0))
def test_a_switchover_seals_nobody(defect: str, expected: tuple[int, int]) -> None:
    play = serving(BOTH, defect=defect).hears("operator", SwitchOver(9, "n2"))
    assert (len(play.said(Seal)), len(play.said(Prepare))) == expected


def test_a_switchover_without_a_seal_is_given_up_while_its_outcome_is_unknown() -> None:
    play = serving(BOTH, defect=d.SWITCHOVER_WITHOUT_SEAL).hears("operator", SwitchOver(9, "n2"))
    play.when(Fired(switch.TIMER), after_s=switch.WITHIN_S).granted(2)
    assert not play.hears("client", Write(1, "k", "new")).said(Reply)  # it is taken, and may be acknowledged


@with_and_without(d.ROUTER_LEFT_BEHIND, [], [Redirect("n1", 2)])
def test_a_promoted_primary_leaves_the_router_behind(defect: str, expected: list[Redirect]) -> None:
    play = taking(ALONE, defect=defect).granted(2).when(Durable(2, 2))
    assert play.of(Redirect) == expected


@with_and_without(d.KEEPS_THE_REFUSED, [], [HangUp("c")])
def test_a_node_that_is_not_primary_keeps_whom_it_refuses(defect: str, expected: list[HangUp]) -> None:
    assert node(A, defect=defect).hears("client", Write(1, "k", "v"), via="c").of(HangUp) == expected


# --- who says so, and how many ------------------------------------------------------------------------


@pytest.mark.parametrize("defect", ["", d.LEASE_BY_ONE_WITNESS])
def test_with_the_defect_one_witness_alone_keeps_a_lease_alive(defect: str) -> None:
    lease = HeldLease(SETTINGS, frozenset({defect}))
    for witness, sent_s in (("w1", 10.0), ("w2", 10.0), ("w1", 10.2)):
        lease.granted(witness, 1, sent_s)
    assert lease.valid(10.1 + SETTINGS.held_lease_s, 1) == bool(defect)


@pytest.mark.parametrize("defect", ["", d.COPIES_FROM_ONE])
def test_with_the_defect_a_lost_store_is_copied_from_whoever_answers_first(defect: str) -> None:
    copying = Copying("w1", SETTINGS, frozenset({defect}))
    copying.begin(0.0)
    copying.fired(1.0)
    copying.answered("w2", CopyAnswer(1, False, (1, "n1", 1), (1, "n1", 1), Register(1, "n1", (A, B))))
    assert (copying.state is not None) == bool(defect)


@pytest.mark.parametrize("defect", ["", d.REGISTER_OUTRUNS_LEASE])
def test_with_the_defect_a_witness_accepts_another_primary_beside_its_own_grant(defect: str) -> None:
    moved = Register(2, "n2", (B,))
    state = WitnessState(promised=(1, "n1", 1), accepted=(1, "n1", 1), value=Register(1, "n1", (A, B)))
    play = Play(Witness("w1", SETTINGS, state, 1, frozenset({defect}))).when(Began())
    play.hears("n1", Heartbeat(1, "n1", 0.0, Place(1, 1)), after_s=SETTINGS.granted_lease_s)
    assert play.said(Granted)
    play.hears("w2", Accept((2, "w2", 1), moved))
    assert bool(play.said(Accepted)) == bool(defect)


@pytest.mark.parametrize("defect", ["", d.ONE_WORD_BURIES])
def test_with_the_defect_a_single_word_takes_a_standby_out(defect: str) -> None:
    play = serving(Register(2, "n1", (A, B)), defect=defect)
    for _ in range(4):
        play.when(Fired("beat"), after_s=SETTINGS.detector.interval_s).granted(2)
    play.hears("w1", MissingAnswer(2, "n2", "b", True))
    assert bool(play.said(Prepare)) == bool(defect)
