"""The reference stack as a target: what it offers and promises, how it is brought up. Runs nothing itself."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import msgspec

from harness.model.drill import Json
from harness.model.plan import Bound, HostPlan, HostRole, Plan, Promises
from harness.model.proof import Proof
from harness.model.units import duration
from harness.seams import Dial, Emit, Inside, ServiceProcess, Stack, StackHost, Watch
from harness.workloads.wire import CLIENT_PORT
from targets.reference import written as blocks
from targets.reference.controls import CONTROLS
from targets.reference.defects import DEFECTS
from targets.reference.driver.surroundings import (
    ARCHIVE_PORT,
    FENCE_PORT,
    HEALTH_PORT,
    PEER_PORT,
    ROUTER_ADMIN_PORT,
    TOKEN,
    WITNESS_PORT,
)
from targets.reference.machines.acts import ACTS
from targets.reference.proofs import PROOFS
from targets.reference.settings import Settings
from targets.reference.watch import ReferenceWatch

CLIENTS = ("client1", "client2")
IMAGE = "failover-drill/reference"

_PORTS: dict[HostRole, tuple[int, ...]] = {
    "data": (PEER_PORT, HEALTH_PORT),
    "witness": (WITNESS_PORT,),
    "router": (PEER_PORT, ROUTER_ADMIN_PORT),
    "fence": (FENCE_PORT,),
    "client": (),
}
# The agent is the container's main process; the one that acknowledges is its child.
DATA_PROCESS = ServiceProcess(kind="child", start_signal="SIGUSR1")


class ReferenceTarget:
    """The bundled failover controller."""

    name = "reference"
    summary = "the bundled controller: two to five data nodes, three witnesses with leases, HAProxy in front"

    @property
    def images(self) -> Mapping[str, str]:
        return {IMAGE: "reference"}

    def faults(self) -> frozenset[str]:
        return frozenset(
            {"kill", "stop", "pause", "crash", "disk", "clock", "switch"}
            | {"partition", "latency", "bandwidth", "slicing", "reset", "slow_close", "loss"}
            | {"restart", "power_off", "cpu", "memory", "slow_fsync", "failing_fsync", "disk_full", "exec"}
        )

    def controls(self) -> frozenset[str]:
        return CONTROLS

    def moments(self) -> Mapping[str, Collection[str]]:
        return ACTS

    def vias(self) -> frozenset[str]:
        return frozenset({"router", "primary", "standby", "discovery"})

    def defects(self) -> Mapping[str, str]:
        return DEFECTS

    def proofs(self) -> Mapping[str, Proof]:
        return PROOFS

    def settings(self, written: Mapping[str, Json]) -> dict[str, Json]:
        return blocks.plain(blocks.settings_of(written))

    def settings_schema(self) -> dict[str, Json]:
        return blocks.schema()

    def hosts(self, settings: Mapping[str, Json]) -> tuple[HostPlan, ...]:
        names = blocks.settings_from(settings)
        roles: list[tuple[HostRole, tuple[str, ...]]] = [
            ("data", names.nodes),
            ("witness", names.witnesses),
            ("router", (names.router,)),
            ("fence", (names.fence_host,) if names.fence == "device" else ()),
            ("client", CLIENTS),
        ]
        ports = _PORTS if names.router_api == "open" else {**_PORTS, "router": (PEER_PORT,)}
        kept = dict.fromkeys(names.cold, (ARCHIVE_PORT,))
        return tuple(
            HostPlan(name=host, role=role, ports=ports[role] + kept.get(host, ()))
            for role, hosts in roles
            for host in hosts
        )

    def promises(self, settings: Mapping[str, Json]) -> Promises:
        values = blocks.settings_from(settings)
        keeps = values.waits_for_standbys
        return Promises(
            detection=_detection(values),
            rpo=_rpo(values),
            outage=_outage(values),
            lost_writes_max=0 if keeps else None,
            reads_are_linearizable=keeps,
        )

    def stack(self, plan: Plan, compose_root: Path) -> Stack:
        settings = blocks.settings_from(plan.settings)
        return Stack(
            compose_file=f"{compose_root / 'reference' / 'compose.yaml'}",
            hosts=tuple(
                StackHost(
                    plan=host,
                    service=host.name,
                    process=DATA_PROCESS if host.role == "data" else ServiceProcess(),
                )
                for host in plan.hosts
            ),
            environment={
                "FAILOVER_DRILL_SETTINGS": msgspec.json.encode(plan.settings).decode(),
                "FAILOVER_DRILL_DEFECT": plan.defect,
                "FAILOVER_DRILL_FENCE_TOKEN": secrets.token_hex(16),
                TOKEN: secrets.token_hex(16),
            },
            images=self.images,
            client_port=CLIENT_PORT,
            profiles=(*settings.nodes, *((settings.fence_host,) if settings.fence == "device" else ())),
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
        settings, token = blocks.settings_from(plan.settings), stack.environment[TOKEN]
        order_token = token if settings.operator_token == "right" else f"not {token}"
        return ReferenceWatch(
            *(settings.nodes, settings.witnesses),
            token=token,
            order_token=order_token,
            dial=dial,
            emit=emit,
            clock=clock,
        )


def _detection(settings: Settings) -> Bound:
    silence = f"{_silence(settings)} = {duration(settings.silence_s)} after the last sign of life"
    formula = f"{silence} ({', '.join(settings.heartbeats)}) + vote {duration(settings.vote_s)}"
    return Bound(limit_s=settings.detection_bound_s, formula=formula)


def _silence(settings: Settings) -> str:
    """The formula of the longest silence, in the words of the settings."""
    detector, health = settings.detector, settings.health
    misses = health.application if health.application is not None else health.network
    interval, timeout = duration(detector.interval_s), duration(detector.timeout_s)
    if detector.kind == "phi" and not misses:
        return f"φ {detector.phi:g}, at most the cap"
    text = f"threshold {misses or detector.threshold} × interval {interval} + timeout {timeout}"
    return f"{text} at the standby, interval + timeout at the witnesses" if settings.looks_s else text


def _rpo(settings: Settings) -> Bound:
    if settings.waits_for_standbys:
        return Bound(limit_s=0.0, formula=_kept(settings))
    lease_s, interval_s = settings.granted_lease_s, settings.detector.interval_s
    shipped_s = settings.ship_interval_s if settings.cold else 0.0
    # A primary cut off from its standby goes on acknowledging until its lease ends.
    formula = (
        f"lease {duration(lease_s)} + interval {duration(interval_s)}: acknowledged before it was sent on"
    )
    if settings.cold:
        formula = f"ship_interval {duration(shipped_s)}: not shipped to a cold standby yet; + {formula}"
    if settings.max_lag:
        formula += f"; of what was heard of before, at most max_lag {settings.max_lag} positions"
    return Bound(limit_s=shipped_s + lease_s + interval_s, formula=formula)


def _outage(settings: Settings) -> Bound | None:
    """Said of cold standbys alone: how long a running one takes is measured, and nobody promises it."""
    if {*settings.nodes} != {*settings.cold}:
        return None
    detected_s, lease_s = settings.detection_bound_s, settings.granted_lease_s
    formula = (
        f"detection {duration(detected_s)}, or the lease {duration(lease_s)} where that is longer, + "
        f"cold_start {duration(settings.cold_start_s)}"
    )
    return Bound(limit_s=max(detected_s, lease_s) + settings.cold_start_s, formula=formula)


def _kept(settings: Settings) -> str:
    """Where an acknowledged write is, in the words of the settings."""
    many = f"{settings.sync_standbys} eligible standbys" if settings.sync_standbys else "every eligible one"
    held = f"an acknowledged write is durable on the primary and {many}"
    return f"{held}, or nobody else may be promoted" if settings.replication == "semi-sync" else held


REFERENCE = ReferenceTarget()
