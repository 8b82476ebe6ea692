"""A small cluster for tests: two data nodes, three witnesses, a router, two clients."""

from __future__ import annotations

from harness.model.plan import HostPlan
from harness.roles import Cast

HOSTS = (
    HostPlan(name="n1", role="data", ports=(7000,)),
    HostPlan(name="n2", role="data", ports=(7000,)),
    HostPlan(name="w1", role="witness", ports=(7200,)),
    HostPlan(name="w2", role="witness", ports=(7200,)),
    HostPlan(name="w3", role="witness", ports=(7200,)),
    HostPlan(name="router", role="router", ports=(7000,)),
    HostPlan(name="client1", role="client"),
    HostPlan(name="client2", role="client"),
)


def cast(
    primary: str = "n1",
    *,
    old: str = "",
    victim: str = "",
    leads: str = "",
    hosts: tuple[HostPlan, ...] = HOSTS,
) -> Cast:
    return Cast(primary=primary, old_primary=old, victim=victim, coordinator=leads, hosts=hosts)
