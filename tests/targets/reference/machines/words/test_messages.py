from __future__ import annotations

from targets.reference.machines.words.messages import Member, Register

A, B = Member("n1", "a"), Member("n2", "b")
V = Register(3, "n1", (A, B), ((1, "n2"),))


def test_a_fence_of_the_reign_in_force_is_added_once_and_in_order() -> None:
    fenced = V.with_own_fence()
    assert fenced == Register(3, "n1", (A, B), ((1, "n2"), (3, "n1"))) == fenced.with_own_fence()


def test_who_is_eligible_changes_nothing_else() -> None:
    assert V.with_eligible((A,)) == Register(3, "n1", (A,), ((1, "n2"),))


def test_a_newer_reign_remembers_the_fence_of_the_one_it_replaces_and_no_older_one() -> None:
    """Else the register would grow with every failover."""
    newer = V.with_own_fence().succeeded(5, "n2", (B,))
    assert newer == Register(5, "n2", (B,), ((3, "n1"),))
    assert newer.succeeded(6, "n2", (B,)).fenced == ()
