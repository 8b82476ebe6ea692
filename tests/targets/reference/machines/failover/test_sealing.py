"""How many must be sealed, whom to take, who stays: the shortest ways to lose something, one by one."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from targets.reference.defects import (
    LAGGARDS_STAY_ELIGIBLE,
    MAX_LAG_IGNORED,
    ONE_SEALED_IS_ENOUGH,
    POSITION_BEFORE_EPOCH,
    POSITIONS_BEFORE_THE_SEAL,
    THE_DEAD_DO_NOT_COUNT,
)
from targets.reference.machines.failover.sealing import Heard, Sealing
from targets.reference.machines.words.messages import Member, Place
from tests.targets.reference.machines.playbook import SETTINGS, B

C, D = Member("n3", "c"), Member("n4", "d")


def sealing(*standbys: Member, defect: str = "", forced: bool = False, **words: Any) -> Sealing:
    settings = msgspec.structs.replace(SETTINGS, **words)
    return Sealing(settings, standbys, frozenset({defect} if defect else ()), forced=forced)


def sealed(of: Sealing, **lasts: tuple[int, int]) -> Sealing:
    members = {member.node: member for member in (B, C, D)}
    for node, (epoch, position) in lasts.items():
        of.sealed(members[node], Place(epoch, position))
    return of


@pytest.mark.parametrize(("k", "needed"), [(0, 1), (3, 1), (2, 2), (1, 3)])
def test_so_many_are_sealed_that_one_of_them_holds_every_acknowledged_write(k: int, needed: int) -> None:
    assert sealing(B, C, D, sync_standbys=k).needed == needed


def test_one_sealed_is_not_enough_with_k_below_n() -> None:
    assert not sealed(sealing(B, C, sync_standbys=1), n3=(0, 0)).is_enough
    assert sealed(sealing(B, C, sync_standbys=1), n2=(1, 1), n3=(0, 0)).is_enough
    assert sealed(sealing(B, C, sync_standbys=1, defect=ONE_SEALED_IS_ENOUGH), n3=(0, 0)).is_enough


def test_in_async_and_by_force_one_is_enough() -> None:
    assert (
        sealing(B, C, replication="async").needed == sealing(B, C, sync_standbys=1, forced=True).needed == 1
    )


def test_the_dead_count_too() -> None:
    """Third party removes a dead standby: nobody but the primary knows whether the rest holds everything."""
    for defect, enough in (("", False), (THE_DEAD_DO_NOT_COUNT, True)):
        of = sealing(B, C, sync_standbys=1, defect=defect)
        of.here(C, Place())
        assert of.enough_are_here == enough


def test_the_most_advanced_is_taken_by_epoch_first() -> None:
    """Position instead of (epoch, position): they tie by position, and an old tail is worthless."""
    lasts = {"n2": (1, 2), "n3": (2, 2)}
    assert sealed(sealing(B, C), **lasts).chosen() == C
    assert sealed(sealing(B, C, defect=POSITION_BEFORE_EPOCH), n2=(1, 3), n3=(2, 2)).chosen() == B


def test_of_equals_the_named_one_is_taken() -> None:
    of = sealed(sealing(B, C), n2=(1, 2), n3=(1, 2))
    assert of.chosen("n2") == B and of.chosen("n3") == C and of.chosen() == C


def test_what_counts_is_what_is_held_once_sealed_not_before() -> None:
    """Positions before the seal: meanwhile the old primary may have streamed on, and acknowledged."""
    for defect, chosen in (("", C), (POSITIONS_BEFORE_THE_SEAL, B)):
        of = sealing(B, C, sync_standbys=1, defect=defect)
        of.here(B, Place(1, 1))
        of.here(C, Place())
        assert sealed(of, n2=(1, 1), n3=(1, 2)).chosen() == chosen


def test_with_k_of_n_only_those_with_the_same_last_record_stay() -> None:
    """Laggards stay eligible: the next failover needs fewer, and may seal one that lacks something."""
    lasts = {"n2": (1, 2), "n3": (1, 1), "n4": (1, 2)}
    of = sealed(sealing(B, C, D, sync_standbys=1), **lasts)
    assert of.eligible(of.chosen()) == (B, D)
    of = sealed(sealing(B, C, D, sync_standbys=1, defect=LAGGARDS_STAY_ELIGIBLE), **lasts)
    assert of.eligible(of.chosen()) == (B, C, D)


def test_with_all_of_n_and_in_async_all_stay() -> None:
    for mode in ("sync", "async"):
        of = sealed(sealing(B, C, replication=mode), n2=(1, 2))
        assert of.eligible(of.chosen()) == (B, C)


def test_a_higher_seal_makes_older_answers_void() -> None:
    of = sealed(sealing(B, C), n2=(1, 2))
    of.begin_anew()
    assert not of.is_enough


# --- max_lag --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "missing"),
    [
        (Place(2, 20), 0),
        (Place(2, 15), 5),
        (Place(2, 25), 0),
        (Place(1, 10), 10),
        (Place(1, 30), 10),
        (Place(0, 0), 20),
    ],
)
def test_what_is_missing_of_an_epoch_that_a_log_lacks_is_all_of_it(last: Place, missing: int) -> None:
    """Heard: (2, 20), and epoch 2 began at 11. A long tail of epoch 1 is no substitute."""
    assert Heard(Place(2, 20), 11).missing(last) == missing


def test_in_async_one_that_lacks_more_than_max_lag_is_too_far_unless_forced() -> None:
    heard = Heard(Place(1, 20), 1)
    for position, too_far in ((14, True), (15, False)):
        of = sealing(B, replication="async", max_lag=5)
        of.here(B, Place(1, position))
        assert of.too_far(heard) == too_far
    for other in (sealing(B, max_lag=5, forced=True), sealing(B, max_lag=5, defect=MAX_LAG_IGNORED)):
        other.here(B, Place())
        assert not other.too_far(heard)


def test_the_nearest_of_several_decides() -> None:
    of = sealing(B, C, replication="async", max_lag=5)
    of.here(B, Place(1, 2))
    of.here(C, Place(1, 18))
    assert not of.too_far(Heard(Place(1, 20), 1)) and of.behind(Heard(Place(1, 20), 1)) == 2
