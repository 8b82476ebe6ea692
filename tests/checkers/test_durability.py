"""Acknowledged writes against the final read, and against a model made of sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from harness.checkers import durability
from harness.checkers.durability import Durability
from harness.model.event import LoadStopped, Outcome, Returned
from harness.model.verdict import Figure
from tests.checkers.journals import (
    Entries,
    acked,
    ends,
    final,
    killed,
    look,
    op,
    parted,
    refused,
    says,
    unknown,
)


def check(*entries: Entries) -> Durability:
    seen = look(*entries)
    return durability.check(seen, {write.value: 1 for write in seen.writes})


def values(ops: Iterable[Returned]) -> list[str]:
    return [write.value for write in ops]


def test_what_was_acknowledged_and_is_not_there_is_lost() -> None:
    found = check(acked("a", 1, 1.1), acked("b", 2, 2.1), final("b"))
    assert values(found.lost) == ["a"]
    assert "a (key k) acknowledged to client1 by n1 in epoch 1 at 1.100 s" in found.evidence(1)[0]


def test_what_may_not_have_been_applied_is_never_lost() -> None:
    found = check(unknown("a", 1), refused("b", 2, 2.1), acked("c", 3, 3.1), final("c"))
    assert found.lost == ()


def test_an_unanswered_write_that_is_there_was_recovered() -> None:
    assert check(unknown("a", 1), unknown("b", 1), final("b")).recovered == 1


def test_a_failed_write_that_is_there_is_a_phantom() -> None:
    assert check(refused("a", 1, 1.1), final("a")).phantoms == ("a",)


def test_a_value_that_nobody_wrote_is_a_phantom() -> None:
    assert check(acked("a", 1, 1.1), final("a", "z")).phantoms == ("z",)


def test_while_a_client_has_not_told_all_a_strange_value_may_be_its() -> None:
    seen = look(acked("a", 1, 1.1), final("a", "z"))
    untold = structs.replace(seen, all_told=False)
    assert durability.check(untold, {"a": 1}).phantoms == ()


def test_a_value_that_was_written_twice_is_no_phantom_when_one_write_may_have_worked() -> None:
    assert check(refused("a", 1, 1.1), acked("a", 2, 2.1), final("a")).phantoms == ()


def test_a_value_that_is_there_twice_is_duplicated() -> None:
    assert check(acked("a", 1, 1.1), final("a", "a")).duplicated == ("a",)


def test_lost_writes_are_split_at_the_fault() -> None:
    found = check(
        says("n1", "primary", 1, at=0),
        acked("a", 1, 1.1),
        killed("n1", at=2.0, until=3.0),
        acked("b", 2, 2.001),
        acked("c", 2, 2.5),
        final(),
    )
    assert values(found.lost_before) == ["a", "b"]  # b came while the injection was under way
    assert values(found.lost_after) == ["c"]


def test_an_acknowledgement_at_the_injection_s_very_end_came_before_it() -> None:
    found = check(killed("n1", at=2.0, until=3.0), acked("a", 1, 2.002), acked("b", 1, 2.003), final())
    assert (values(found.lost_before), values(found.lost_after)) == (["a"], ["b"])


def test_rpo_reaches_from_the_first_lost_acknowledgement_to_the_fault() -> None:
    found = check(killed("n1", at=2.0, until=3.0), acked("a", 1, 1.5), final())
    assert ends(found.rpo) == (0.5, 0.501, 0.502)


def test_rpo_reaches_to_the_last_lost_acknowledgement_when_that_came_after_the_fault() -> None:
    found = check(killed("n1", at=2.0, until=3.0), acked("a", 1, 1.5), acked("b", 2, 2.5), final())
    assert found.rpo == Figure(value=1.0, low=1.0, high=1.0)


def test_rpo_is_nothing_when_nothing_is_lost() -> None:
    assert check(acked("a", 1, 1.5), final("a")).rpo == Figure(value=0.0, low=0.0, high=0.0)


def test_without_a_final_read_nothing_is_lost_and_it_is_said() -> None:
    found = check(acked("a", 1, 1.1))
    assert (found.lost, found.flaw) == ((), "the writes were not read back")
    assert check(acked("a", 1, 1.1), refused("b", 2, 2.1)).late == 0


def test_an_acknowledgement_after_the_final_read_is_neither_lost_nor_kept() -> None:
    late = check(acked("a", 1, 1.1), final("a", at=50), acked("b", 50, 50.1))
    assert (late.lost, late.late) == ((), 1)
    assert check(acked("a", 49, 50.0), final(at=50)).late == 0
    assert check(acked("a", 49, 50.1), final(at=50)).late == 1


def test_an_acknowledgement_told_only_after_the_final_read_proves_no_loss() -> None:
    assert check(final(at=50), acked("b", 1, 1.1)).late == 1


def test_a_final_read_under_a_fault_proves_nothing() -> None:
    found = check(acked("a", 1, 1.1), parted("n1", at=2.0), final(at=50))
    assert found.lost == ()
    assert "a fault was in force: t1.s1" in found.flaw


def test_a_final_read_at_a_primary_of_an_older_epoch_proves_nothing() -> None:
    found = check(says("n2", "primary", 2, at=3), acked("a", 1, 1.1), final(host="n1", epoch=1, at=50))
    assert found.lost == ()
    assert "n2 held epoch 2" in found.flaw


def test_a_second_primary_of_that_epoch_matters_as_long_as_it_is_one() -> None:
    """Made by hand, and a standby again by the time of the final read: what it acknowledged is lost."""
    by_hand = says("n2", "primary", 1, at=3)
    still = check(by_hand, acked("a", 4, 4.1), final(host="n1", epoch=1, at=50))
    assert (still.lost, "n2 held epoch 1" in still.flaw) == ((), True)
    over = check(
        by_hand, acked("a", 4, 4.1), says("n2", "standby", 0, at=9), final(host="n1", epoch=1, at=50)
    )
    assert (values(over.lost), over.flaw) == (["a"], "")


def test_a_newer_primary_that_came_after_the_final_read_takes_nothing_from_it() -> None:
    found = check(acked("a", 1, 1.1), final(at=50), says("n2", "primary", 2, at=60))
    assert values(found.lost) == ["a"]


def test_the_last_final_read_counts() -> None:
    assert (
        check(acked("a", 1, 1.1), final(at=50), LoadStopped(client="client1", at_s=50), final("a")).lost == ()
    )


OUTCOMES: list[Outcome] = ["ok", "fail", "unknown"]


@given(st.lists(st.sampled_from(OUTCOMES), max_size=8), st.lists(st.integers(0, 9), max_size=8))
def test_it_agrees_with_sets(outcomes: list[Outcome], present: list[int]) -> None:
    writes = [op("write", f"v{n}", o, n, n + 0.5 if o != "unknown" else None) for n, o in enumerate(outcomes)]
    found = check(*writes, final(*(f"v{n}" for n in present)))
    by = {o: {w.value for w in writes if w.outcome == o} for o in OUTCOMES}
    there = {f"v{n}" for n in present}
    assert set(values(found.lost)) == by["ok"] - there
    assert found.recovered == len(by["unknown"] & there)
    assert set(found.phantoms) == there - by["ok"] - by["unknown"]
    assert set(found.duplicated) == {f"v{n}" for n, times in Counter(present).items() if times > 1}
