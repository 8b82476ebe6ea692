"""A target on paper: it offers and promises what a test says, and can be neither started nor watched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NoReturn

from harness.model.drill import Json
from harness.model.errors import DrillError
from harness.model.plan import Bound, HostPlan, Plan, Promises
from harness.model.proof import Proof
from harness.planner.offers import FAULTS_OF_WORLDS
from harness.seams import Stack
from tests.hosts import HOSTS


class PaperTarget:
    name = "paper"
    summary = "for tests"

    def __init__(
        self,
        *,
        hosts: tuple[HostPlan, ...] = HOSTS,
        faults: frozenset[str] = FAULTS_OF_WORLDS["simulator"],
        controls: frozenset[str] = frozenset({"switchover", "promote", "maintenance on", "power off"}),
        lost_writes_max: int | None = 0,
    ) -> None:
        self._hosts, self._faults, self._controls = hosts, faults, controls
        self._lost_writes_max = lost_writes_max

    @property
    def images(self) -> Mapping[str, str]:
        return {}

    def faults(self) -> frozenset[str]:
        return self._faults

    def controls(self) -> frozenset[str]:
        return self._controls

    def moments(self) -> Mapping[str, Collection[str]]:
        return {"tells": ("decided", "promoted"), "sends": ("Seal", "Granted")}

    def vias(self) -> frozenset[str]:
        return frozenset({"router", "primary"})

    def defects(self) -> Mapping[str, str]:
        return {"no-lease-check": "acknowledges without looking at the lease"}

    def proofs(self) -> Mapping[str, Proof]:
        return {"no-lease-check": Proof(drills=("isolate-primary",))}

    def hosts(self, settings: Mapping[str, Json]) -> tuple[HostPlan, ...]:
        return self._hosts

    def settings(self, written: Mapping[str, Json]) -> dict[str, Json]:
        detector = written.get("detector", {})
        if isinstance(detector, dict) and "intervall" in detector:
            raise DrillError("unknown setting 'intervall'", field="detector.intervall")
        return {"replication": "sync", **written}

    def settings_schema(self) -> dict[str, Json]:
        return {"type": "object"}

    def promises(self, settings: Mapping[str, Json]) -> Promises:
        return Promises(
            detection=Bound(limit_s=0.5, formula="3 × 100ms + 100ms + 100ms"),
            rpo=Bound(limit_s=0.0, formula="sync"),
            lost_writes_max=self._lost_writes_max,
            reads_are_linearizable=True,
        )

    def stack(self, plan: Plan, compose_root: Path) -> Stack:
        raise AssertionError("a plan starts nothing")

    def watch(self, *_: object) -> NoReturn:
        raise AssertionError("a plan watches nothing")
