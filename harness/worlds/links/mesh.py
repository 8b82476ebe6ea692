"""The mesh as addresses: one internal network a host, the hub in each, a proxy for every directed pair. Pure.

Host i has the network <block + i>/24: the host at .10, the hub at .2, and one address of the hub's for each
peer j at .100 + j. There the hub listens on the peer's real ports and forwards to the peer's real address.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from harness.seams import StackHost
from harness.worlds.links.proxy import Proxy

HOSTS_MAX = 100


class MeshHost(Struct, frozen=True, kw_only=True):
    """A host and its place. network: its /24. address: its own. hub: the hub's address beside it."""

    stack: StackHost
    index: int
    network: str
    address: str
    hub: str

    @property
    def name(self) -> str:
        return self.stack.plan.name

    @property
    def gateway(self) -> str:
        """The bridge's own address, where the machine itself would answer."""
        return str(IPv4Network(self.network).network_address + 1)


class Mesh(Struct, frozen=True, kw_only=True):
    """control: the one ordinary bridge, where the hub's published ports live; control_hub: the hub there."""

    hosts: tuple[MeshHost, ...]
    control: str
    control_hub: str

    def host(self, name: str) -> MeshHost:
        return next(host for host in self.hosts if host.name == name)

    def stands_for(self, source: str, destination: str) -> str:
        """The hub's address on the source's network that the source takes for the destination."""
        first = IPv4Network(self.host(source).network).network_address
        return str(first + 100 + self.host(destination).index)

    def proxies(self) -> tuple[Proxy, ...]:
        return tuple(
            Proxy(
                name=f"{source.name}-{destination.name}-{port}",
                source=source.name,
                destination=destination.name,
                listen=f"{self.stands_for(source.name, destination.name)}:{port}",
                upstream=f"{destination.address}:{port}",
            )
            for source in self.hosts
            for destination in self.hosts
            if source is not destination
            for port in destination.stack.plan.ports
        )


def mesh(hosts: Sequence[StackHost], block: IPv4Address) -> Mesh:
    """block: the first of len(hosts) + 1 free /24 networks; the last of them is the control network."""
    assert len(hosts) <= HOSTS_MAX, "addresses .100 to .199 stand for peers"
    networks = [IPv4Network((int(block) + 256 * index, 24)) for index in range(len(hosts) + 1)]
    control = networks[-1]
    return Mesh(
        hosts=tuple(
            MeshHost(
                stack=host,
                index=index,
                network=str(network),
                address=str(network.network_address + 10),
                hub=str(network.network_address + 2),
            )
            for index, (host, network) in enumerate(zip(hosts, networks, strict=False))
        ),
        control=str(control),
        control_hub=str(control.network_address + 2),
    )
