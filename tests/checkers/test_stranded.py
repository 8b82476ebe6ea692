"""Which clients share the victim's fate: theirs is not *the* outage."""

from __future__ import annotations

from harness.checkers.stranded import stranded
from harness.model.fault import Cut
from harness.model.plan import ClientPlan
from harness.reach import Hosts
from tests.checkers.journals import Entries, client, cut_of, fault, killed, look, parted, plan, says

HOSTS = Hosts.of(plan().hosts)
PRIMARY = says("n1", "primary", 1, at=0.0)
BOTH = (client("client1"), client("client2"))


def apart(*entries: Entries, clients: tuple[ClientPlan, ...] = BOTH) -> set[str]:
    return set(stranded(clients, look(PRIMARY, *entries).acts, HOSTS))


def test_a_client_on_the_primary_s_side_of_a_partition_is_stranded() -> None:
    assert apart(parted("n1 client1", at=1.0)) == {"client1"}


def test_also_with_the_router_or_a_witness_beside_it() -> None:
    assert apart(parted("n1 client1 router", at=1.0)) == {"client1"}
    assert apart(parted("n1 client1 w1", at=1.0)) == {"client1"}


def test_a_client_that_loses_everything_is_stranded() -> None:
    assert apart(parted("client1", at=1.0)) == {"client1"}


def test_nobody_is_who_loses_only_the_primary() -> None:
    assert apart(parted("n1", at=1.0)) == set()


def test_nobody_is_who_loses_only_the_router_or_the_witnesses() -> None:
    assert apart(fault(Cut(cut_of("client1", "router"), "drop"), at=1.0)) == set()
    assert apart(fault(Cut(cut_of("client1", "w1 w2 w3"), "drop"), at=1.0)) == set()


def test_cuts_that_are_in_force_together_count_together() -> None:
    first = fault(Cut(cut_of("client1", "n1 w1 w2 w3"), "drop"), at=1.0, until=5.0)
    second = fault(Cut(cut_of("client1", "n2 router"), "drop"), at=2.0, until=5.0, name="t1.s2")
    assert apart(first, second) == {"client1"}


def test_who_is_bound_to_a_node_s_own_address_always_is() -> None:
    bound = (client("client1", via="primary"), client("client2", via="standby"))
    assert apart(killed("n1", at=1.0), clients=bound) == {"client1", "client2"}


def test_a_kill_strands_nobody() -> None:
    assert apart(killed("n1", at=1.0)) == set()


def test_what_comes_while_the_old_primary_is_isolated_strands_nobody() -> None:
    alone = parted("n1", at=1.0)
    succeeded = says("n2", "primary", 2, at=1.5)
    assert apart(alone, succeeded, killed("w1", at=2.0, name="t1.s2")) == set()
    assert apart(alone, succeeded, parted("w1", at=2.0, name="t1.s2")) == set()


def test_a_client_is_that_loses_the_others_before_its_primary_does() -> None:
    first = fault(Cut(cut_of("client1", "n2"), "drop"), at=1.0, until=5.0)
    second = fault(Cut(cut_of("n1", "w1 w2 w3 n2"), "drop"), at=2.0, until=5.0, name="t1.s2")
    assert apart(first, second) == {"client1"}


def test_a_client_that_is_bound_to_the_primary_always_is() -> None:
    bound = (client("client1", via="primary"), client("client2"))
    assert apart(clients=bound) == {"client1"}
