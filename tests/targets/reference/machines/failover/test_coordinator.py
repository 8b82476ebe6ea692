from __future__ import annotations

import msgspec

from targets.reference.machines.failover.attempt import Attempt
from targets.reference.machines.failover.coordinator import TIMER, Coordinator
from targets.reference.machines.failover.power import LOOK, Power
from targets.reference.machines.register.registrar import Registrar
from targets.reference.machines.words.grammar import (
    Alert,
    AskPower,
    Began,
    Effects,
    Event,
    Fired,
    PowerAnswered,
    PowerState,
    Received,
    Tell,
)
from targets.reference.machines.words.messages import (
    Accept,
    Fence,
    Fenced,
    Here,
    LeaseOver,
    Member,
    Message,
    Place,
    Prepare,
    Promote,
    Reach,
    Register,
    Seal,
    Sealed,
)
from targets.reference.settings import Settings
from tests.targets.reference.machines.playbook import SETTINGS, A, B, Play

INTERVAL_S, L_S = SETTINGS.detector.interval_s, SETTINGS.granted_lease_s
C = Member("n3", "c")
V = Register(1, "n1", (A, B))
THREE = Register(1, "n1", (A, B, C))
VOTERS = ("w1", "w2")


class Leading:
    """w1 with its coordinator and its way to the register, and nothing else of a witness."""

    def __init__(self, settings: Settings = SETTINGS, *, is_dead: bool = False) -> None:
        self.is_dead, self.power = is_dead, Power(settings, 0)
        self.registrar = Registrar("w1", 7, SETTINGS)
        self.coordinator = Coordinator(settings, self.registrar, self.power)

    def handle(self, now_s: float, event: Event) -> Effects:
        effects = self._take(now_s, event)
        while (register := self.registrar.take()) is not None:
            effects = [*effects, *self.coordinator.settled(now_s, register)]
        return effects

    def _take(self, now_s: float, event: Event) -> Effects:
        match event:
            case Received(message=Here() as here):
                return self.coordinator.here(now_s, here)
            case Received(sender=witness, message=LeaseOver() as over):
                return self.coordinator.lease_over(now_s, witness, over)
            case Received(message=Sealed() as sealed):
                return self.coordinator.sealed(now_s, sealed)
            case Received(sender=sender, message=message):
                return self.registrar.handle(now_s, sender, message)
            case PowerAnswered() as answered:
                return [*self.power.answered(now_s, answered), *self.coordinator.powered(now_s)]
            case Fired(timer=timer) if timer == TIMER:
                return self.coordinator.fired(now_s)
            case Fired(timer=timer):
                return self.registrar.fired(now_s, timer)
            case _:
                return self.coordinator.begin(now_s, Attempt((1, "n1"), VOTERS, is_dead=self.is_dead))


def hears(play: Play, message: Message, *senders: str) -> Play:
    effects: Effects = []
    for sender in senders:
        effects += play.hears(sender, message).effects
    play.effects = effects
    return play


def confirming() -> Play:
    return Play(Leading()).when(Began())


def reaching(register: Register = V) -> Play:
    return confirming().shows(register)


def fencing(register: Register = V) -> Play:
    return hears(reaching(register), Here(1, "n2", "b"), "n2")


def sealing(register: Register = V) -> Play:
    return hears(fencing(register), LeaseOver(1, "n1"), "w1", "w2").shows(register)


def moving() -> Play:
    return hears(sealing(), Sealed(2, "n2", "b", Place(1, 5)), "n2")


def step(play: Play) -> str:
    assert isinstance(play.machine, Leading)
    return play.machine.coordinator.step


# --- confirm, reach -------------------------------------------------------------------------------


def test_it_confirms_by_a_full_ballot_before_anything_is_touched() -> None:
    play = confirming()
    assert play.said(Prepare) and not play.of(Tell) and not play.said(Fence) and not play.said(Seal)
    play.shows(V)
    assert play.of(Tell) == [Tell("decided", 1, "n1", "votes of w1, w2")]


def test_a_register_that_names_another_ends_the_attempt() -> None:
    play = confirming().shows(Register(2, "n2", (B,)))
    assert step(play) == "idle" and not play.of(Tell)


def test_nobody_is_fenced_before_a_standby_has_answered() -> None:
    play = reaching()
    assert play.sent_to(Reach) == ["n2"] and not play.said(Fence)
    play.when(Fired(TIMER), after_s=INTERVAL_S)
    assert play.sent_to(Reach) == ["n2"] and not play.said(Fence)
    play.hears("n2", Here(1, "n2", "b"))
    assert play.sent_to(Fence) == ["w1", "w2", "w3"]
    assert set(play.said(Fence)) == {Fence(1, "n1", VOTERS)}


def test_one_who_is_not_eligible_does_not_count_as_there() -> None:
    """Lost store, same name; and a stranger."""
    play = reaching()
    for here in (Here(1, "n2", "fresh"), Here(1, "n3", "c"), Here(1, "n1", "a"), Here(0, "n2", "b")):
        assert not play.hears(here.node, here).said(Fence)


def test_with_nobody_eligible_it_touches_nothing_and_calls_a_person() -> None:
    play = reaching(Register(1, "n1", (A,)))
    assert len(play.of(Alert)) == 1 and step(play) == "idle"
    assert not play.said(Reach) and not play.said(Fence)


def test_with_nobody_there_it_gives_up_in_the_end_and_calls_a_person_once() -> None:
    play = reaching()
    play.when(Fired(TIMER), after_s=L_S + 1.0)
    assert step(play) == "idle" and len(play.of(Alert)) == 1
    play.when(Began()).shows(V).when(Fired(TIMER), after_s=L_S + 1.0)
    assert not play.of(Alert)


# --- fence ----------------------------------------------------------------------------------------


def test_it_waits_until_the_leases_of_a_majority_are_over() -> None:
    play = hears(fencing(), LeaseOver(1, "n1"), "w1", "w1")
    assert step(play) == "fencing" and not play.said(Prepare)
    play.hears("w3", LeaseOver(1, "n1"))
    assert play.of(Tell) == [Tell("lease_over", 1, "n1", "at w1, w3")]
    assert play.said(Prepare), "the register is read once more before a seal"


def test_the_end_of_another_lease_says_nothing() -> None:
    play = hears(fencing(), LeaseOver(2, "n1"), "w1", "w2", "w3")
    assert step(play) == "fencing"


def test_fences_are_repeated_while_the_lease_is_waited_for() -> None:
    play = fencing().when(Fired(TIMER), after_s=INTERVAL_S)
    assert play.sent_to(Fence) == ["w1", "w2", "w3"]


def test_a_lease_that_is_not_seen_to_end_is_never_cut_short() -> None:
    play = fencing()
    seals: list[Seal] = []
    while step(play) == "fencing":
        play.when(Fired(TIMER), after_s=INTERVAL_S)
        seals += play.said(Seal)
    assert not seals and len(play.of(Alert)) == 1


# --- seal -----------------------------------------------------------------------------------------


def test_eligible_standbys_are_sealed_above_the_epoch_that_was_read() -> None:
    play = sealing()
    assert play.sent_to(Seal) == ["n2"] and play.said(Seal) == [Seal(2)]


def test_a_register_that_changed_since_it_was_confirmed_ends_the_attempt() -> None:
    play = hears(fencing(), LeaseOver(1, "n1"), "w1", "w2").shows(Register(1, "n1", (A,)))
    assert step(play) == "idle" and not play.said(Seal)


def test_who_is_not_eligible_is_not_taken_for_sealed() -> None:
    play = sealing()
    for sealed in (Sealed(2, "n2", "fresh", Place(1, 9)), Sealed(2, "n3", "c", Place(1, 9))):
        assert not play.hears(sealed.node, sealed).said(Prepare)


def test_one_that_was_sealed_higher_is_asked_again_above_that() -> None:
    play = sealing().hears("n2", Sealed(6, "n2", "b", Place(1, 5)))
    assert play.said(Seal) == [Seal(6)]
    assert not play.hears("n2", Sealed(2, "n2", "b", Place(1, 5))).said(Prepare)
    play.hears("n2", Sealed(6, "n2", "b", Place(1, 5))).promised(V)
    assert {accept.value for accept in play.said(Accept)} == {Register(6, "n2", (B,))}


def test_seals_are_repeated_until_one_has_answered() -> None:
    play = sealing().when(Fired(TIMER), after_s=INTERVAL_S)
    assert play.said(Seal) == [Seal(2)]


def test_the_most_advanced_by_epoch_and_position_is_taken_not_by_position_alone() -> None:
    """The longer log may be a tail of an older epoch, which nobody else has."""
    play = sealing(THREE).hears("n2", Sealed(2, "n2", "b", Place(1, 9)))
    assert not play.said(Prepare), "with more than one the others get a moment"
    play.hears("n3", Sealed(2, "n3", "c", Place(2, 4))).promised(THREE)
    assert {accept.value for accept in play.said(Accept)} == {Register(2, "n3", (B, C))}


def test_one_of_several_is_enough_when_the_others_do_not_answer() -> None:
    play = sealing(THREE).hears("n2", Sealed(2, "n2", "b", Place(1, 9)))
    assert play.due_s(TIMER) - play.now_s < INTERVAL_S
    play.when(Fired(TIMER), after_s=INTERVAL_S).promised(THREE)
    assert {accept.value for accept in play.said(Accept)} == {Register(2, "n2", (B, C))}


# --- move -----------------------------------------------------------------------------------------


def test_the_value_to_compare_with_is_the_one_read_before_the_first_seal() -> None:
    """Value read again after the seals: what the old primary changed meanwhile must fail the compare."""
    newer = Register(2, "n1", (A, B))
    play = moving().promised(newer)
    assert {accept.value for accept in play.said(Accept)} == {newer}
    play.accepted(play.said(Accept)[-1].ballot)
    assert step(play) == "idle" and not play.said(Promote)


def test_the_promoted_one_is_told_until_it_is_heard() -> None:
    play = moving().shows(V)
    assert play.said(Promote) == [Promote(2)]
    assert play.when(Fired(TIMER), after_s=INTERVAL_S).said(Promote) == [Promote(2)]
    assert isinstance(play.machine, Leading)
    play.machine.coordinator.heard(play.now_s, 1, "n1")
    assert step(play) == "hinting"
    play.machine.coordinator.heard(play.now_s, 2, "n2")
    assert step(play) == "idle"


def test_another_coordinators_success_is_as_good() -> None:
    play = moving().shows(Register(2, "n2", (B,)))
    assert step(play) == "hinting"


def test_a_change_that_was_given_up_is_proposed_no_more() -> None:
    play = moving().when(Fired(TIMER), after_s=L_S + 1.0)
    assert step(play) == "idle"
    play.when(Fired("ballot"))
    play.promised(V)
    assert {accept.value for accept in play.said(Accept)} == {V}


def test_a_promoted_one_that_is_never_heard_calls_a_person() -> None:
    play = moving().shows(V).when(Fired(TIMER), after_s=L_S + 1.0)
    assert len(play.of(Alert)) == 1 and step(play) == "idle"


def test_messages_out_of_their_step_do_nothing() -> None:
    for given in (confirming, reaching, fencing):
        play = given().hears("n2", Sealed(2, "n2", "b", Place(1, 5)))
        assert not play.said(Accept) and not play.said(Promote)
    idle = Play(Leading())
    assert hears(idle, LeaseOver(1, "n1"), "w1", "w2").effects == []
    assert idle.hears("n2", Here(1, "n2", "b")).effects == []
    assert idle.when(Fired(TIMER)).effects == []


# --- the fence device -----------------------------------------------------------------------------

FENCED_V = V.with_own_fence()


def switching_off(*, is_dead: bool = False) -> Play:
    settings = msgspec.structs.replace(SETTINGS, fence="device")
    play = Play(Leading(settings, is_dead=is_dead)).when(Began()).shows(V)
    return hears(play, Here(1, "n2", "b"), "n2")


def answered(play: Play, request: int, state: PowerState) -> Play:
    return play.when(PowerAnswered(request, "n1", state, "why" if state == "unknown" else ""))


def read_back() -> Play:
    play = answered(switching_off().shows(V), 1, "PoweringOff")
    return answered(play, 2, "Off")


def test_whom_it_strikes_is_looked_up_right_before_it_is_switched_off() -> None:
    play = switching_off()
    assert play.said(Fence) and not play.of(AskPower)
    assert play.said(Prepare)
    assert play.shows(V).of(AskPower) == [AskPower(1, "n1", "ForceOff")]


def test_a_newer_reign_of_the_node_is_not_switched_off() -> None:
    play = switching_off().shows(Register(2, "n1", (A, B)))
    assert step(play) == "idle" and not play.of(AskPower)


def test_nobody_is_switched_off_before_a_standby_has_answered() -> None:
    settings = msgspec.structs.replace(SETTINGS, fence="device")
    play = Play(Leading(settings)).when(Began()).shows(V)
    assert step(play) == "reaching" and not play.of(AskPower)
    assert not play.when(Fired(TIMER), after_s=INTERVAL_S).of(AskPower)


def test_off_read_back_is_committed_before_anybody_is_sealed() -> None:
    play = answered(switching_off().shows(V), 1, "PoweringOff")
    assert not play.said(Prepare)
    answered(play, 2, "Off")
    assert step(play) == "marking" and play.said(Prepare) and not play.said(Seal)
    assert {accept.value for accept in play.promised(V).said(Accept)} == {FENCED_V}
    play.accepted(play.said(Accept)[-1].ballot)
    assert play.of(Tell) == [Tell("fenced", 1, "n1", "its power was read back as off")]
    assert play.sent_to(Fenced) == ["w1", "w2", "w3"] and play.sent_to(Seal) == ["n2"]


def test_what_is_promoted_over_a_fence_carries_it() -> None:
    play = hears(read_back().shows(V), Sealed(2, "n2", "b", Place(1, 5)), "n2")
    moved = {accept.value for accept in play.promised(FENCED_V).said(Accept)}
    assert moved == {Register(2, "n2", (B,), ((1, "n1"),))}


def test_a_fence_that_was_not_committed_is_none() -> None:
    """Another got there first: begun again from what the register says now."""
    play = read_back().shows(Register(1, "n1", (A,)))
    assert step(play) == "idle" and not play.of(Tell) and not play.said(Fenced) and not play.said(Seal)


def test_a_lease_that_ends_first_is_enough() -> None:
    play = hears(switching_off().shows(V), LeaseOver(1, "n1"), "w1", "w2").shows(V)
    assert step(play) == "sealing"
    assert not answered(answered(play, 1, "PoweringOff"), 2, "Off").said(Prepare)
    assert step(play) == "sealing"


def test_one_whose_process_was_seen_to_end_is_not_switched_off() -> None:
    play = switching_off(is_dead=True)
    assert not play.said(Prepare) and not play.when(Fired(TIMER), after_s=INTERVAL_S).of(AskPower)
    assert step(hears(play, LeaseOver(1, "n1"), "w1", "w2")) == "rereading"


def test_a_device_that_is_no_help_changes_nothing_about_the_wait() -> None:
    play = answered(switching_off().shows(V), 1, "unknown")
    assert step(play) == "fencing" and len(play.of(Alert)) == 1
    assert step(hears(play, LeaseOver(1, "n1"), "w1")) == "fencing"
    assert step(hears(play, LeaseOver(1, "n1"), "w2")) == "rereading"


def test_it_gets_its_power_back_once_the_other_is_promoted_or_the_attempt_given_up() -> None:
    play = hears(read_back().shows(V), Sealed(2, "n2", "b", Place(1, 5)), "n2").shows(FENCED_V)
    assert step(play) == "hinting" and play.due_s(LOOK) == play.now_s
    play = read_back().shows(V).when(Fired(TIMER), after_s=L_S + 2.0)
    assert step(play) == "idle" and play.due_s(LOOK) == play.now_s
