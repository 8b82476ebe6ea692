"""A small stack in Compose's canonical form, as the tests of weaving vary it."""

from __future__ import annotations

from ipaddress import IPv4Address

from harness.model.plan import HostPlan
from harness.seams import Stack, StackHost
from harness.worlds.docker.weaving.dialect import Table
from harness.worlds.docker.weaving.meshparts import Images
from harness.worlds.docker.weaving.ownership import Run
from harness.worlds.docker.weaving.weave import Woven, weave
from harness.worlds.links.mesh import Mesh, mesh
from harness.worlds.owned.owner import Owner

BLOCK = IPv4Address("198.18.40.0")
RUN = Run("0badcafe", Owner(4711, 123456, "4026531836"))
IMAGES = Images(mesh="mesh:1", toxiproxy="toxiproxy:1", own={"ours/node": "ours/node:abc"})
PATH = "stack/compose.yaml"


def stack(*hosts: StackHost, environment: dict[str, str] | None = None) -> Stack:
    return Stack(
        compose_file=PATH,
        hosts=hosts or (host("a", 5432), host("b", 5432, 8008)),
        environment=environment or {},
        images={"ours/node": "node"},
        client_port=7300,
    )


def host(name: str, *ports: int, service: str = "") -> StackHost:
    return StackHost(plan=HostPlan(name=name, role="data", ports=ports), service=service or name)


def compose(*, a: Table | None = None, b: Table | None = None, **top: Table) -> Table:
    """Two services from an image of somebody's; a, b: fields that they have besides."""
    services: Table = {"a": {"image": "db:1", **(a or {})}, "b": {"image": "db:1", **(b or {})}}
    services |= top.pop("services", {})
    return {
        "name": "theirs",
        "services": services,
        "networks": {"default": {"name": "theirs_default"}},
        **top,
    }


def placed(of: Stack) -> Mesh:
    return mesh(of.hosts, BLOCK)


def woven(written: Table, of: Stack | None = None, *, own_disks: bool = False) -> Woven:
    of = of or stack()
    return weave(written, of, placed(of), RUN, images=IMAGES, token="s3cret", own_disks=own_disks)
