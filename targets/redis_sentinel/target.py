"""Redis with Sentinel as a target: what it offers and promises, how it is brought up. Runs nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from math import ceil
from pathlib import Path

from harness.model.drill import Json
from harness.model.plan import HostPlan, HostRole, Plan, Promises
from harness.model.proof import Proof
from harness.seams import Dial, Emit, Inside, Stack, StackHost, Watch
from harness.workloads.wire import CLIENT_PORT
from targets.protocols.redis_link import must_be_there
from targets.redis_sentinel.names import CLIENTS, DATA, REDIS_PORT, SENTINEL_PORT, SENTINELS
from targets.redis_sentinel.settings import Settings, plain, schema, settings_from, settings_of

FOLDER = "redis_sentinel"


class RedisSentinelTarget:
    """Unmodified Redis and Sentinel from the distribution. Sentinels are its witnesses."""

    name = "redis-sentinel"
    summary = (
        "Redis from the distribution: a primary, one or two replicas, three Sentinels; no router, no fence"
    )

    @property
    def images(self) -> Mapping[str, str]:
        return {f"failover-drill/{FOLDER}": FOLDER}

    def faults(self) -> frozenset[str]:
        return frozenset(
            {"kill", "stop", "pause", "partition", "latency", "loss"}
            | {"bandwidth", "slicing", "reset", "slow_close"}
            | {"restart", "power_off", "cpu", "memory", "slow_fsync", "failing_fsync", "exec"}
        )

    def controls(self) -> frozenset[str]:
        return frozenset()

    def moments(self) -> Mapping[str, Collection[str]]:
        """Nothing shows but what the Sentinels tell."""
        return {"tells": ("suspected", "decided", "elected", "promoted", "redirected", "rejoined")}

    def vias(self) -> frozenset[str]:
        return frozenset({"primary", "standby", "discovery"})

    def defects(self) -> Mapping[str, str]:
        return {}

    def proofs(self) -> Mapping[str, Proof]:
        return {}

    def settings(self, written: Mapping[str, Json]) -> dict[str, Json]:
        return plain(settings_of(written))

    def settings_schema(self) -> dict[str, Json]:
        return schema()

    def hosts(self, settings: Mapping[str, Json]) -> tuple[HostPlan, ...]:
        data = DATA[: settings_from(settings).nodes]
        roles: list[tuple[HostRole, tuple[str, ...], tuple[int, ...]]] = [
            ("data", data, (REDIS_PORT,)),
            ("witness", SENTINELS, (SENTINEL_PORT,)),
            ("client", CLIENTS, ()),
        ]
        return tuple(
            HostPlan(name=host, role=role, ports=ports) for role, hosts, ports in roles for host in hosts
        )

    def promises(self, settings: Mapping[str, Json]) -> Promises:
        """Replication is asynchronous and nobody fences: of loss and of two primaries nothing is promised."""
        return Promises(
            detection=settings_from(settings).detection,
            rpo=None,
            lost_writes_max=None,
            reads_are_linearizable=False,
        )

    def stack(self, plan: Plan, compose_root: Path) -> Stack:
        must_be_there(self.name, self.name)
        settings = settings_from(plan.settings)
        return Stack(
            compose_file=f"{compose_root / FOLDER / 'compose.yaml'}",
            hosts=tuple(StackHost(plan=host, service=host.name) for host in plan.hosts),
            environment=_environment(settings),
            images=self.images,
            client_port=CLIENT_PORT,
            profiles=DATA[: settings.nodes],
        )

    def watch(
        self,
        plan: Plan,
        stack: Stack,
        dial: Dial,
        emit: Emit,
        clock: Callable[[float], float],
        inside: Inside,
    ) -> Watch:
        # Only who drills it needs redis-py.
        from targets.redis_sentinel.watch import RedisSentinelWatch

        data = [host.name for host in plan.hosts if host.role == "data"]
        return RedisSentinelWatch(data, dial=dial, emit=emit, clock=clock)


def _environment(settings: Settings) -> dict[str, str]:
    """What the start scripts in compose/redis_sentinel write into the configuration files."""
    return {
        "REDIS_MIN_REPLICAS": f"{settings.min_replicas}",
        "REDIS_MIN_REPLICAS_MAX_LAG_S": f"{ceil(settings.min_replicas_max_lag_s)}",
        "REDIS_PERSISTENCE": settings.persistence,
        "SENTINEL_QUORUM": f"{settings.quorum}",
        "SENTINEL_DOWN_AFTER_MS": f"{round(settings.down_after_s * 1000)}",
        "SENTINEL_FAILOVER_TIMEOUT_MS": f"{round(settings.failover_timeout_s * 1000)}",
    }


REDIS_SENTINEL = RedisSentinelTarget()
