"""Which share of the load each client has, and which way it goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.plan import HostPlan
from tests.hosts import HOSTS
from tests.planner.papertarget import PaperTarget
from tests.planner.planning import EXAMPLE, planned, refused


@given(
    st.integers(min_value=1, max_value=100),
    st.integers(min_value=0, max_value=100),
    st.integers(min_value=1, max_value=5),
)
def test_shares_add_up_and_differ_by_one_at_most(writers: int, readers: int, clients: int) -> None:
    hosts = HOSTS[:6] + tuple(HostPlan(name=f"c{n}", role="client") for n in range(clients))
    load = f"load: {{writers: {writers}, readers: {readers}, rate: 1/s, read_rate: 1/s}}\n"
    shares = planned(EXAMPLE + load, target=PaperTarget(hosts=hosts)).clients
    for wanted, given_out in ((writers, [c.writers for c in shares]), (readers, [c.readers for c in shares])):
        assert sum(given_out) == wanted
        assert max(given_out) - min(given_out) <= 1


@pytest.mark.parametrize("word", ["client/1", "client1"])
def test_a_client_goes_its_way_and_the_others_through_the_router(word: str) -> None:
    plan = planned(EXAMPLE + f"clients: {{{word}: {{via: primary}}}}\n")
    assert [client.via for client in plan.clients] == ["primary", "router"]


def test_without_a_router_clients_go_to_the_primary() -> None:
    hosts = tuple(host for host in HOSTS if host.role != "router")
    assert [c.via for c in planned(target=PaperTarget(hosts=hosts)).clients] == ["primary", "primary"]


@pytest.mark.parametrize(
    ("clients", "field", "says"),
    [
        (
            "{client/1: {via: discovery}}",
            "clients.client/1.via",
            "no way 'discovery'; choose one of primary, router",
        ),
        ("{client/3: {via: router}}", "clients.client/3", "there are client/1 to client/2"),
        ("{n1: {via: router}}", "clients.n1", "n1 is no client; there are client/1, client/2"),
        ("{clients: {via: router}}", "clients.clients", "names 2 hosts"),
        ("{primary: {via: router}}", "clients.primary", "there is no primary"),
        ("{cleint/1: {via: router}}", "clients.cleint/1", "did you mean 'client/1'?"),
        (
            "{client/1: {via: router}, client1: {via: primary}}",
            "clients.client1",
            "the same client as 'client/1'",
        ),
    ],
)
def test_a_client_that_cannot_be_is_refused(clients: str, field: str, says: str) -> None:
    error = refused(EXAMPLE + f"clients: {clients}\n")
    assert (error.line, error.field) == (11, field)
    assert says in error.problem
