"""A failover with k of n: how many must be there and sealed, what the register then says; max_lag."""

from __future__ import annotations

from typing import Any

import msgspec

from targets.reference.defects import MAX_LAG_IGNORED, VALUE_READ_AFTER_THE_SEALS
from targets.reference.machines.failover.attempt import Attempt
from targets.reference.machines.failover.coordinator import TIMER, Coordinator
from targets.reference.machines.failover.power import Power
from targets.reference.machines.failover.sealing import Heard
from targets.reference.machines.register.registrar import Registrar
from targets.reference.machines.words.grammar import Alert, Began, Effects, Event, Fired, Received
from targets.reference.machines.words.messages import (
    Accept,
    Fence,
    Here,
    LeaseOver,
    Member,
    Place,
    Prepare,
    Register,
    Seal,
    Sealed,
)
from tests.targets.reference.machines.playbook import SETTINGS, A, B, Play

C = Member("n3", "c")
THREE = Register(1, "n1", (A, B, C))
NAMES = {"n2": "b", "n3": "c"}


class Leading:
    """w1's coordinator; it has heard of everything up to (1, 20)."""

    def __init__(self, defect: str = "", **words: Any) -> None:
        settings = msgspec.structs.replace(SETTINGS, **words)
        self.registrar = Registrar("w1", 7, settings)
        defects = frozenset({defect} if defect else ())
        self.coordinator = Coordinator(settings, self.registrar, Power(settings, 0), defects)
        self.coordinator.hearsay.told((1, "n1"), Heard(Place(1, 20), 1))

    def handle(self, now_s: float, event: Event) -> Effects:
        effects = self._take(now_s, event)
        while (register := self.registrar.take()) is not None:
            effects = [*effects, *self.coordinator.settled(now_s, register)]
        return effects

    def _take(self, now_s: float, event: Event) -> Effects:
        coordinator = self.coordinator
        match event:
            case Received(message=Here() as here):
                return coordinator.here(now_s, here)
            case Received(sender=witness, message=LeaseOver() as over):
                return coordinator.lease_over(now_s, witness, over)
            case Received(message=Sealed() as sealed):
                return coordinator.sealed(now_s, sealed)
            case Received(sender=sender, message=message):
                return self.registrar.handle(now_s, sender, message)
            case Fired(timer=timer) if timer == TIMER:
                return coordinator.fired(now_s)
            case Fired(timer=timer):
                return self.registrar.fired(now_s, timer)
            case _:
                return coordinator.begin(now_s, Attempt((1, "n1"), ("w1", "w2")))


def reaching(defect: str = "", register: Register = THREE, **words: Any) -> Play:
    return Play(Leading(defect, **words)).when(Began()).shows(register)


def here(play: Play, node: str, position: int = 0) -> Play:
    return play.hears(node, Here(1, node, NAMES[node], Place(1, position)))


def sealed(play: Play, node: str, last: Place, epoch: int = 2) -> Play:
    return play.hears(node, Sealed(epoch, node, NAMES[node], last))


def sealing(defect: str = "", **words: Any) -> Play:
    play = here(here(reaching(defect, sync_standbys=1, **words), "n2"), "n3")
    play.hears("w1", LeaseOver(1, "n1"))
    return play.hears("w2", LeaseOver(1, "n1")).shows(THREE)


def proposed(play: Play, shown: Register = THREE) -> set[Register]:
    play.promised(shown)
    return {accept.value for accept in play.said(Accept)}


def test_nothing_is_touched_before_as_many_are_there_as_must_be_sealed() -> None:
    play = here(reaching(sync_standbys=1), "n2")
    assert not play.said(Fence)
    assert here(play, "n3").said(Fence)
    assert here(reaching(), "n2").said(Fence), "with k = n any one will do"


def test_too_few_that_answer_call_a_person_and_nothing_is_touched() -> None:
    play = here(reaching(sync_standbys=1), "n2")
    play.when(Fired(TIMER), after_s=SETTINGS.granted_lease_s + 1.0)
    assert [alert.text for alert in play.of(Alert)] == [
        "n1, primary of epoch 1, has failed, and nobody can take over: fewer than 2 of its eligible standbys "
        "answer; nothing was touched"
    ]


def test_one_sealed_is_not_enough_however_long_the_other_takes() -> None:
    play = sealed(sealing(), "n2", Place(1, 5))
    assert not play.said(Prepare)
    play.when(Fired(TIMER), after_s=SETTINGS.detector.interval_s)
    assert play.said(Seal) and not play.said(Prepare)


def test_the_most_advanced_is_taken_and_one_that_lacks_something_leaves() -> None:
    play = sealed(sealed(sealing(), "n2", Place(1, 4)), "n3", Place(1, 5))
    assert proposed(play) == {Register(2, "n3", (C,))}


def test_those_with_the_same_last_record_stay() -> None:
    play = sealed(sealed(sealing(), "n2", Place(1, 5)), "n3", Place(1, 5))
    assert proposed(play) == {Register(2, "n3", (B, C))}


def test_a_register_that_changed_after_the_first_seal_ends_the_attempt() -> None:
    """Value read again after the seals: the old primary took epoch 2, and acknowledged with a standby."""
    newer = Register(2, "n1", (A, B, C))
    for defect, values in (("", {newer}), (VALUE_READ_AFTER_THE_SEALS, {Register(3, "n2", (B,))})):
        play = sealed(sealing(defect), "n3", Place(), epoch=3)
        sealed(sealed(play, "n2", Place(1, 1), epoch=3), "n3", Place(), epoch=3)
        assert proposed(play, newer) == {newer}
        play.accepted(play.said(Accept)[-1].ballot)
        again = proposed(play, newer) if play.said(Prepare) else {newer}
        assert again == values


# --- async ----------------------------------------------------------------------------------------


def test_one_that_lacks_more_than_max_lag_is_not_promoted_and_nothing_is_touched() -> None:
    play = here(reaching(replication="async", max_lag=5), "n2", 14)
    assert not play.said(Fence)
    play.when(Fired(TIMER), after_s=SETTINGS.granted_lease_s + 1.0)
    assert "lacks 6 of its records, more than max_lag, 5" in play.of(Alert)[0].text


def test_one_that_is_near_enough_is_promoted() -> None:
    assert here(reaching(replication="async", max_lag=5), "n2", 15).said(Fence)
    assert here(reaching(replication="async"), "n2", 0).said(Fence), "no limit"
    assert here(reaching(MAX_LAG_IGNORED, replication="async", max_lag=5), "n2", 0).said(Fence)


def test_what_is_heard_while_it_waits_for_the_lease_counts_as_well() -> None:
    play = here(reaching(replication="async", max_lag=5), "n2", 18)
    assert isinstance(play.machine, Leading)
    play.hears("w1", LeaseOver(1, "n1"))
    play.hears("w2", LeaseOver(1, "n1")).shows(THREE)
    play.machine.coordinator.hearsay.told((1, "n1"), Heard(Place(1, 40), 1))
    sealed(play, "n2", Place(1, 19)).when(Fired(TIMER), after_s=SETTINGS.detector.interval_s)
    assert not play.said(Prepare) and play.of(Alert)


def test_what_was_heard_of_another_reign_says_nothing() -> None:
    leading = Leading(replication="async", max_lag=5)
    leading.coordinator.hearsay.told((3, "n2"), Heard(Place(3, 90), 80))
    assert leading.coordinator.hearsay.of((1, "n1")) == Heard()
    leading.coordinator.hearsay.told((1, "n1"), Heard(Place(1, 99), 1))
    assert leading.coordinator.hearsay.of((3, "n2")) == Heard(Place(3, 90), 80)
