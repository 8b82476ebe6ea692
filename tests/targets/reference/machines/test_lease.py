import pytest

from targets.reference.machines.lease import NEVER_S, Granter, HeldLease
from targets.reference.settings import Settings
from tests.targets.reference.machines.playbook import SETTINGS

L_S, HELD_S = SETTINGS.granted_lease_s, SETTINGS.held_lease_s


def held(*grants: tuple[str, float], epoch: int = 1) -> HeldLease:
    lease = HeldLease(SETTINGS)
    for witness, sent_s in grants:
        lease.granted(witness, epoch, sent_s)
    return lease


def granter(now_s: float = 0.0) -> Granter:
    """One that began a whole lease before now_s: it may grant."""
    given = Granter(SETTINGS)
    given.began(now_s - L_S)
    return given


# --- the holder's side ------------------------------------------------------------------------------


def test_the_holders_lease_ends_before_the_granters_whatever_their_clocks_do() -> None:
    settings = Settings(clock_rate_error=0.01, clock_margin_s=0.02)
    longest_s = settings.held_lease_s / (1 - 0.01)
    shortest_s = settings.granted_lease_s / (1 + 0.01)
    assert longest_s + settings.clock_margin_s <= shortest_s


def test_a_lease_is_valid_while_a_majority_granted_it() -> None:
    lease = held(("w1", 10.0))
    assert not lease.valid(10.0, 1)
    lease.granted("w3", 1, 10.1)
    assert lease.valid(10.0 + HELD_S - 0.001, 1)
    assert not lease.valid(10.0 + HELD_S, 1)


def test_the_oldest_of_the_newest_majority_tells_when_it_ends() -> None:
    assert held(("w1", 10.0), ("w2", 10.3), ("w3", 10.2)).until_s(1) == pytest.approx(10.2 + HELD_S)


def test_a_lease_is_counted_from_the_stamp_of_the_heartbeat_that_was_granted() -> None:
    """Lease counted from the newest send: a late answer must not renew what it did not grant."""
    lease = held(("w1", 10.2), ("w2", 10.2))
    lease.granted("w1", 1, 10.0)
    lease.granted("w2", 1, 10.0)
    assert lease.until_s(1) == pytest.approx(10.2 + HELD_S)
    late = held(("w1", 10.0), ("w2", 10.0))
    assert not late.valid(10.0 + HELD_S, 1)


def test_a_lease_is_of_one_epoch() -> None:
    lease = held(("w1", 10.0), ("w2", 10.0), epoch=2)
    assert not lease.valid(10.0, 1) and lease.until_s(1) == NEVER_S
    lease.granted("w1", 1, 10.1)
    lease.granted("w3", 3, 10.1)
    assert not lease.valid(10.1, 2) and not lease.valid(10.1, 3)


def test_who_is_no_witness_grants_nothing() -> None:
    assert not held(("w1", 10.0), ("n2", 10.0)).valid(10.0, 1)


def test_going_on_in_an_epoch_handed_back_is_impossible() -> None:
    """Late answers are ignored: the hand-back frees the grants, and another may have them."""
    lease = held(("w1", 10.0), ("w2", 10.0))
    lease.drop(1)
    assert not lease.valid(10.0, 1)
    lease.granted("w1", 1, 10.1)
    lease.granted("w2", 1, 10.1)
    assert not lease.valid(10.1, 1)
    lease.granted("w1", 2, 10.2)
    lease.granted("w2", 2, 10.2)
    assert lease.valid(10.2, 2)


def test_an_epoch_that_was_never_granted_can_be_given_up_too() -> None:
    lease = held()
    lease.drop(4)
    lease.granted("w1", 4, 10.0)
    lease.granted("w2", 4, 10.0)
    assert not lease.valid(10.0, 4)


# --- the witness's side -------------------------------------------------------------------------------


def test_nothing_is_granted_for_a_whole_lease_after_a_restart() -> None:
    """Granting right after a restart: a grant of the former life may still last."""
    given = Granter(SETTINGS)
    given.began(0.0)
    assert not given.heartbeat(L_S - 0.001, 2, "n2")
    assert given.heartbeat(L_S, 2, "n2")


def test_a_restarted_witness_says_of_no_lease_that_it_is_over() -> None:
    given = Granter(SETTINGS)
    given.began(0.0)
    assert not given.over(L_S - 0.001, (1, "n1"))
    assert given.over(L_S, (1, "n1"))


def test_at_most_one_node_holds_a_grant() -> None:
    given = granter()
    assert given.heartbeat(0.0, 1, "n1")
    assert not given.heartbeat(L_S - 0.001, 2, "n2")
    assert given.heartbeat(L_S, 2, "n2")


def test_a_newer_epoch_of_the_same_node_replaces_its_grant_at_once() -> None:
    given = granter()
    assert given.heartbeat(0.0, 1, "n1") and given.heartbeat(0.1, 2, "n1")
    assert given.holder(0.1) == (2, "n1")


def test_an_older_epoch_is_never_granted_again() -> None:
    given = granter()
    given.heartbeat(0.0, 2, "n1")
    assert not given.heartbeat(0.1, 1, "n1")
    assert given.known_epoch == 2


def test_a_refused_heartbeat_makes_its_epoch_known() -> None:
    given = granter()
    given.heartbeat(0.0, 1, "n1")
    assert not given.heartbeat(0.1, 2, "n2")
    assert not given.heartbeat(0.2, 1, "n1")


def test_an_epoch_known_only_in_memory_is_not_forgotten_with_it() -> None:
    """The durable accepted value bounds what a restarted witness may grant, committed or not."""
    given = granter()
    given.accepted(2)
    assert not given.heartbeat(0.0, 1, "n1")
    assert given.heartbeat(0.0, 2, "n2")


def test_an_accepted_epoch_that_a_later_ballot_settled_otherwise_counts_no_more() -> None:
    given = granter()
    given.accepted(2)
    given.accepted(1)
    assert given.heartbeat(0.0, 1, "n1")


def test_a_hand_back_frees_its_own_grant_alone() -> None:
    """Hand-back not bound to its epoch: one of epoch 1 that comes late must not free epoch 2."""
    given = granter()
    given.heartbeat(0.0, 2, "n1")
    given.hand_back(1, "n1")
    assert given.holder(0.0) == (2, "n1")
    assert not given.heartbeat(0.1, 3, "n2")
    given.hand_back(2, "n1")
    assert given.heartbeat(0.1, 3, "n2")


def test_what_was_handed_back_is_never_granted_again() -> None:
    given = granter()
    given.heartbeat(0.0, 1, "n1")
    given.hand_back(1, "n1")
    assert given.over(0.0, (1, "n1"))
    assert not given.heartbeat(10.0, 1, "n1")
    assert given.heartbeat(10.0, 2, "n1")


def test_a_blocked_reign_is_not_renewed_for_one_lease() -> None:
    given = granter()
    given.heartbeat(0.0, 1, "n1")
    given.block(0.1, (1, "n1"))
    assert not given.heartbeat(0.1 + L_S - 0.001, 1, "n1")
    assert given.heartbeat(0.1 + L_S, 1, "n1")


def test_a_block_does_not_shorten_what_was_granted() -> None:
    given = granter()
    given.heartbeat(0.0, 1, "n1")
    given.block(0.1, (1, "n1"))
    assert not given.over(L_S - 0.001, (1, "n1"))
    assert given.over(L_S, (1, "n1")) and given.over_s((1, "n1")) == L_S


def test_a_block_is_of_one_reign() -> None:
    given = granter()
    given.block(0.0, (1, "n1"))
    assert given.heartbeat(0.1, 2, "n1")


def test_a_fenced_reign_is_over_at_once_and_never_granted_again() -> None:
    given = granter()
    given.heartbeat(0.0, 1, "n1")
    given.fenced(1, "n1")
    assert given.over(0.0, (1, "n1"))
    assert not given.heartbeat(10.0, 1, "n1") and given.known_epoch == 2
    assert given.heartbeat(10.0, 2, "n1")


def test_a_fence_is_of_an_epoch_and_not_of_a_node() -> None:
    """Fenced by name: the next epoch of a node that was powered on again would be freed too."""
    given = granter()
    given.heartbeat(0.0, 2, "n1")
    given.fenced(1, "n1")
    assert given.holder(0.0) == (2, "n1") and given.heartbeat(0.1, 2, "n1")
