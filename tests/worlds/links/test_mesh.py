"""The mesh as addresses: a proxy for every directed pair and port, and no two addresses alike."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from harness.seams import StackHost
from harness.worlds.links.mesh import HOSTS_MAX, mesh
from tests.worlds.docker.examples import BLOCK, host

PORTS = st.lists(st.integers(1, 65535), max_size=3, unique=True)
HOSTS = st.lists(PORTS, min_size=1, max_size=8).map(
    lambda ports: [host(f"h{index}", *some) for index, some in enumerate(ports)]
)


@given(HOSTS)
def test_every_directed_pair_and_port_has_exactly_one_proxy(hosts: list[StackHost]) -> None:
    proxies = mesh(hosts, BLOCK).proxies()
    wanted = {
        (source.plan.name, destination.plan.name, port)
        for source in hosts
        for destination in hosts
        if source is not destination
        for port in destination.plan.ports
    }
    made = [(of.source, of.destination, int(of.listen.rpartition(":")[2])) for of in proxies]
    assert sorted(made) == sorted(wanted)
    assert len({of.name for of in proxies}) == len(proxies)


@given(HOSTS)
def test_no_two_proxies_listen_on_one_address_and_none_on_a_hosts_own(hosts: list[StackHost]) -> None:
    built = mesh(hosts, BLOCK)
    listens = [of.listen for of in built.proxies()]
    assert len(set(listens)) == len(listens)
    own = {place.address for place in built.hosts} | {place.hub for place in built.hosts}
    assert own.isdisjoint(listen.rpartition(":")[0] for listen in listens)


@given(HOSTS)
def test_a_source_finds_its_peers_on_its_own_network_and_is_forwarded_to_theirs(
    hosts: list[StackHost],
) -> None:
    built = mesh(hosts, BLOCK)
    for proxy in built.proxies():
        listen, upstream = (
            IPv4Address(address.rpartition(":")[0]) for address in (proxy.listen, proxy.upstream)
        )
        assert listen in IPv4Network(built.host(proxy.source).network)
        assert str(upstream) == built.host(proxy.destination).address


def test_the_largest_mesh_stays_inside_its_networks() -> None:
    built = mesh([host(f"h{index}", 80) for index in range(HOSTS_MAX)], IPv4Address("198.18.0.0"))
    last = built.stands_for("h0", f"h{HOSTS_MAX - 1}")
    assert last == "198.18.0.199"
    assert built.control == "198.18.100.0/24"


def test_the_bridges_own_address_is_the_first_of_the_network() -> None:
    assert mesh([host("a")], BLOCK).host("a").gateway == "198.18.40.1"
