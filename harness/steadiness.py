"""Waits until a stack that was just brought up is steady. For those who bring one up without a drill."""

from __future__ import annotations

from collections.abc import Callable

from harness.clusterview import ClusterView
from harness.conductor.waits import steady_lacks
from harness.model.plan import Plan
from harness.reach import Hosts
from harness.seams import World


def until_steady(
    world: World, plan: Plan, *, within_s: float, stop: Callable[[], bool] = lambda: False
) -> str:
    """Empty when it is; else what still lacks by then, or when `stop` says so: asked between events."""
    view, hosts = ClusterView(), Hosts.of(plan.hosts)
    give_up_s, lacks = world.now_s() + within_s, "nobody has said anything yet"
    while lacks and world.now_s() < give_up_s and not stop():
        for event in world.advance():
            view = view.seen(event)
        lacks = steady_lacks(view, hosts, (), {})
    return lacks
