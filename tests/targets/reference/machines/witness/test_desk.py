from __future__ import annotations

from msgspec.structs import replace

from targets.reference.machines.detection.detector import TIMER as SILENCE
from targets.reference.machines.failover.coordinator import TIMER as COORDINATE
from targets.reference.machines.witness import desk
from targets.reference.machines.witness.accuser import VOTE
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import (
    Alert,
    Answer,
    AskPower,
    Began,
    Fired,
    PowerAnswered,
    Tell,
    WitnessState,
)
from targets.reference.machines.words.messages import (
    Accept,
    AskStatus,
    Fence,
    FenceOrder,
    Granted,
    Heartbeat,
    Here,
    LeaseOver,
    Maintain,
    OrderAnswer,
    Place,
    Prepare,
    PrimaryIs,
    PromoteOrder,
    Reach,
    Register,
    Seal,
    Sealed,
    StatusAnswer,
    Vote,
    WhoIsPrimary,
)
from targets.reference.machines.words.operating import WitnessStatus
from tests.targets.reference.machines.playbook import SETTINGS, A, B, Play

L_S, SILENCE_S = SETTINGS.granted_lease_s, SETTINGS.detector.silence_s
V = Register(1, "n1", (A, B))
KEPT = V.maintained("disk swap")
ON, OFF = Maintain(5, "disk swap"), Maintain(6, "")
ALONE = Register(1, "n1", (A,))


def watching(value: Register = V) -> Play:
    """w1, a lease after its start; n1's heartbeat was granted just now."""
    state = WitnessState(promised=(1, "n1", 7), accepted=(1, "n1", 7), value=value)
    play = Play(Witness("w1", SETTINGS, state, 7)).when(Began())
    return beat(play, after_s=L_S)


def beat(play: Play, *, after_s: float = 0.0) -> Play:
    return play.hears("n1", Heartbeat(1, "n1", 5000.0, Place(1, 9)), via="c", after_s=after_s)


def ordered(play: Play, to: str = "n2", *, forced: bool = False) -> Play:
    order = PromoteOrder(8, 1, "n1", to, forced=forced, by="anna")
    return play.hears("operator", order, via="o")


def sealed(play: Play, member: str = "n2", identity: str = "b") -> Play:
    """From an order to the moment before the register is moved."""
    play.hears(member, Here(1, member, identity))
    play.now_s += L_S
    play.hears("w2", LeaseOver(1, "n1"))
    play.hears("w3", LeaseOver(1, "n1"))
    play.shows(play.machine._keeper.acceptor.state.value)  # type: ignore[attr-defined]
    return play.hears(member, Sealed(2, member, identity, Place(1, 9)))


def status(play: Play) -> WitnessStatus:
    play.hears("operator", AskStatus(4), via="o")
    (answer,) = play.said(StatusAnswer)
    assert answer.request == 4 and isinstance(answer.status, WitnessStatus)
    return answer.status


def answered(play: Play) -> OrderAnswer:
    (answer,) = play.said(OrderAnswer)
    assert Answer("o", answer) in play.effects
    return answer


# --- what it knows ----------------------------------------------------------------------------------


def test_a_client_is_told_the_newest_reign_that_was_heard_of() -> None:
    play = watching().hears("client", WhoIsPrimary(3), via="q")
    assert play.effects == [Answer("q", PrimaryIs(3, 1, "n1"))]


def test_the_status_tells_the_grant_with_its_remaining_time_and_how_far_the_primary_was() -> None:
    play = watching()
    play.now_s += 0.1
    told = status(play)
    assert told.grant == (1, "n1") and round(told.lease_s, 3) == round(L_S - 0.1, 3)
    assert (told.watched, told.heard, round(told.heard_ago_s, 3)) == ((1, "n1"), Place(1, 9), 0.1)
    assert told.register == V and told.has_store and told.ready_in_s == 0.0


def test_the_status_tells_standing_votes_with_what_is_left_of_them() -> None:
    play = watching().hears("w2", Vote(1, "n1", "silent"))
    play.now_s += 0.1
    ((voter, left_s),) = [(vote.voter, vote.left_s) for vote in status(play).votes]
    assert voter == "w2" and round(left_s, 3) == round(L_S - 0.1, 3)


def test_a_witness_without_its_store_says_so_and_takes_no_order() -> None:
    play = Play(Witness("w1", SETTINGS, None, 7)).when(Began())
    assert not status(play).has_store
    assert not answered(play.hears("operator", ON, via="o")).ok


# --- maintenance ------------------------------------------------------------------------------------


def test_maintenance_is_changed_by_a_full_ballot_and_answered_when_a_majority_has_it() -> None:
    play = watching().hears("operator", ON, via="o").shows(V)
    assert play.said(Prepare) and not play.said(OrderAnswer)
    play.promised(V)
    assert {accept.value for accept in play.said(Accept)} == {KEPT}
    assert answered(play.accepted(play.said(Accept)[0].ballot)) == OrderAnswer(
        5, True, "maintenance is on: disk swap"
    )


def test_what_is_in_force_already_is_answered_without_a_change() -> None:
    play = watching().hears("operator", OFF, via="o").shows(V)
    assert answered(play).ok and not play.said(Prepare)


def test_a_rivals_change_in_between_is_no_reason_to_give_up() -> None:
    moved = V.with_eligible((A,))
    play = watching().hears("operator", ON, via="o").shows(V)
    play.shows(moved)
    play.promised(moved)
    assert {accept.value for accept in play.said(Accept)} == {moved.maintained("disk swap")}


def test_without_a_majority_nobody_knows_and_that_is_the_answer() -> None:
    play = watching().hears("operator", ON, via="o")
    answer = answered(play.when(Fired(desk.TIMER), after_s=desk.MAINTAIN_WITHIN_S))
    assert not answer.ok and "may still come" in answer.detail


def test_one_order_at_a_time() -> None:
    play = watching().hears("operator", ON, via="other")
    assert "another order" in answered(play.hears("operator", OFF, via="o")).detail


def test_in_maintenance_a_silent_primary_is_suspected_and_told_and_nobody_votes() -> None:
    play = watching(KEPT).when(Fired(SILENCE), after_s=SILENCE_S)
    assert [told.phase for told in play.of(Tell)] == ["suspected"]
    assert "disk swap" in play.of(Alert)[0].text and not play.said(Vote)


def test_in_maintenance_a_suspected_primary_keeps_its_lease_when_it_is_heard_again() -> None:
    play = watching(KEPT).when(Fired(SILENCE), after_s=SILENCE_S)
    assert beat(play).said(Granted)


def test_a_suspicion_that_outlasts_maintenance_becomes_a_vote() -> None:
    play = watching(KEPT).when(Fired(SILENCE), after_s=SILENCE_S)
    play.hears("n2", Prepare((9, "n2", 1))).hears("n2", Accept((9, "n2", 1), V))
    assert play.when(Fired(VOTE), after_s=SETTINGS.detector.interval_s).said(Vote)


def test_a_majoritys_votes_lead_nowhere_in_maintenance() -> None:
    play = watching(KEPT).hears("w2", Vote(1, "n1", "x")).hears("w3", Vote(1, "n1", "x"))
    assert not play.said(Prepare)


def test_maintenance_survives_a_restart_of_the_witness() -> None:
    assert status(watching(KEPT)).register.maintenance == "disk swap"


def test_maintenance_that_stays_on_is_reminded_of_again_and_again() -> None:
    play = watching(KEPT).when(Fired(desk.REMIND), after_s=desk.REMIND_EACH_S)
    assert "disk swap" in play.of(Alert)[0].text
    assert play.due_s(desk.REMIND) == play.now_s + 3 * desk.REMIND_EACH_S
    assert not watching().when(Fired(desk.REMIND), after_s=desk.REMIND_EACH_S).of(Alert)


# --- promotion by order -----------------------------------------------------------------------------


def test_an_order_stands_for_the_votes_and_waits_for_the_lease_all_the_same() -> None:
    play = ordered(watching()).shows(V)
    assert [told.detail for told in play.of(Tell)] == ["ordered by anna: n2"]
    play.hears("n2", Here(1, "n2", "b"))
    assert {fence.ordered_by for fence in play.said(Fence)} == {"anna"}
    play.hears("w2", LeaseOver(1, "n1"))
    assert not play.said(Prepare) and not play.said(Seal)


def test_an_order_is_answered_when_the_register_names_the_node() -> None:
    play = sealed(ordered(watching()).shows(V)).promised(V)
    play.accepted(play.said(Accept)[0].ballot)
    assert answered(play) == OrderAnswer(8, True, "the register names n2, epoch 2")


def test_an_order_promotes_in_maintenance() -> None:
    play = sealed(ordered(watching(KEPT)).shows(KEPT)).promised(KEPT)
    assert {accept.value for accept in play.said(Accept)} == {Register(2, "n2", (B,), (), "disk swap")}


def test_a_node_that_is_not_eligible_is_promoted_only_by_force() -> None:
    play = ordered(watching(ALONE)).shows(ALONE)
    answer = answered(play)
    assert not answer.ok and "n2 is not eligible" in answer.detail and not play.said(Reach)


def test_a_forced_order_seals_that_node_alone_and_makes_it_the_only_eligible_one() -> None:
    play = ordered(watching(ALONE), forced=True).shows(ALONE)
    assert play.sent_to(Reach) == ["n2"]
    sealed(play, "n2", "new store").promised(ALONE)
    (value,) = {accept.value for accept in play.said(Accept)}
    assert value == Register(2, "n2", (replace(B, identity="new store"),))


def test_a_forced_order_is_not_shortened_by_a_healthy_lease() -> None:
    play = ordered(watching(ALONE), forced=True).shows(ALONE)
    play.hears("n2", Here(1, "n2", "b")).hears("w2", LeaseOver(1, "n1"))
    assert not play.when(Fired(COORDINATE), after_s=0.1).said(Seal)


def test_an_order_against_a_reign_that_is_over_changes_nothing() -> None:
    moved = Register(2, "n3", (B,))
    answer = answered(ordered(watching()).shows(moved))
    assert not answer.ok and answer.detail == "the register names n3, epoch 2"


def attempting(value: Register = V) -> Play:
    """A majority's votes stand, and w1 looks whom it could promote; nobody answers."""
    play = watching(value).hears("w2", Vote(1, "n1", "x")).hears("w3", Vote(1, "n1", "x"))
    return play.shows(value)


def test_an_order_waits_for_the_attempt_that_is_under_way_and_then_goes_first() -> None:
    play = ordered(attempting(), forced=True)
    assert not play.said(OrderAnswer) and not play.said(Prepare)
    play.when(Fired(COORDINATE), after_s=L_S + 1.1)
    play.shows(V)
    assert [told.detail for told in play.of(Tell)] == ["forced, ordered by anna: n2"]
    assert status(play).outcomes == {"too late": 1}


def test_while_an_order_waits_there_is_no_other() -> None:
    play = ordered(attempting())
    assert "another order" in answered(play.hears("operator", OFF, via="o")).detail


def test_an_order_for_one_whom_the_votes_have_promoted_meanwhile_has_happened() -> None:
    play = ordered(attempting()).when(Fired(COORDINATE), after_s=L_S + 1.1)
    assert answered(play.shows(Register(2, "n2", (B,)))) == OrderAnswer(
        8, True, "the register names n2, epoch 2"
    )


def test_the_present_primary_is_the_primary_already() -> None:
    answer = answered(ordered(watching(), "n1").shows(V))
    assert answer == OrderAnswer(8, False, "n1 is the primary already, of epoch 1")


def test_an_order_names_who_holds_more() -> None:
    c = replace(A, node="n3", identity="c")
    three = Register(1, "n1", (A, B, c))
    play = ordered(watching(three), "n3").shows(three)
    sealed(play).hears("n3", Sealed(2, "n3", "c", Place(1, 7)))
    assert answered(play).detail == "n2 holds more than n3: promote that one, or force it"


def test_a_fence_that_nobody_confirmed_and_nobody_ordered_stops_no_renewal() -> None:
    play = watching().hears("w2", Fence(1, "n1", ("w2",)))
    assert beat(play).said(Granted)
    play.hears("w2", Fence(1, "n1", (), "anna"))
    assert not beat(play).said(Granted)


# --- the fence device -------------------------------------------------------------------------------


def fencing(*, device: bool = True, node: str = "n1") -> Play:
    settings = replace(SETTINGS, fence="device" if device else "none")
    state = WitnessState(promised=(1, "n1", 7), accepted=(1, "n1", 7), value=V)
    play = Play(Witness("w1", settings, state, 7)).when(Began())
    return play.hears("operator", FenceOrder(9, node, "Off", "anna"), via="o", after_s=L_S)


def test_an_operator_has_a_node_switched_off_and_others_are_told_who_it_was() -> None:
    play = fencing()
    assert play.of(Alert) == [Alert("anna has n1 switched Off")]
    (order,) = play.of(AskPower)
    assert (order.node, order.order) == ("n1", "ForceOff")
    (read,) = play.when(PowerAnswered(order.request, "n1", "Off")).of(AskPower)
    play.when(PowerAnswered(read.request, "n1", "Off"))
    assert answered(play) == OrderAnswer(9, True, "n1 is Off, read back from the fence device")


def test_without_a_fence_device_nothing_is_switched() -> None:
    play = fencing(device=False)
    assert "no fence device" in answered(play).detail and not play.of(AskPower)


def test_only_data_nodes_have_a_switch() -> None:
    assert "no data node 'w2'" in answered(fencing(node="w2")).detail
