"""The reference stack as what a simulator runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from harness.model.command import DISCOVERY
from harness.model.drill import Json
from harness.model.event import Violated, Watched
from harness.model.plan import HostPlan, Plan
from harness.seams import Aim, Kernel, Program, ServiceProcess
from targets.reference import written as blocks
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import Effects, Event, NodeState, WitnessState
from targets.reference.machines.words.messages import Record
from targets.reference.settings import Settings
from targets.reference.simulated import log, variations
from targets.reference.simulated.agent import AgentProgram
from targets.reference.simulated.client import NodeConnection
from targets.reference.simulated.discovery import DiscoveredConnection
from targets.reference.simulated.fence import FenceProgram
from targets.reference.simulated.refusing import RefusingWitness, refuses
from targets.reference.simulated.router import RouterProgram
from targets.reference.simulated.runner import Saw
from targets.reference.simulated.watch import SimulatedWatch
from targets.reference.simulated.witness import WitnessProgram
from targets.reference.target import DATA_PROCESS
from targets.reference.truth.edges import Edges
from targets.reference.truth.findings import INVARIANTS, Violation
from targets.reference.truth.model import Truth


class SimulatedReference:
    """Offers harness.seams.Searched, for one run, with the truth about it."""

    def __init__(self) -> None:
        self._edges: Edges | None = None
        self._defects: frozenset[str] = frozenset()
        self._truth: Truth | None = None
        self._disks: dict[str, dict[str, Any]] = {}

    def program(self, plan: Plan, host: HostPlan) -> Program:
        settings = blocks.settings_from(plan.settings)
        self._defects = defects = frozenset({plan.defect} if plan.defect else ())
        match host.role:
            case "data":
                return lambda kernel: AgentProgram(
                    kernel, settings, defects, lambda seat, kind: self._watched(seat, settings, kind)
                )
            case "witness":
                return lambda kernel: self._witness(kernel, settings, defects)
            case "router":
                return lambda kernel: RouterProgram(kernel, settings)
            case "fence":
                return lambda kernel: FenceProgram(kernel, settings)
            case "client" | "other":
                raise ValueError(f"{host.name} runs no program of the reference stack")

    def _witness(
        self, kernel: Kernel, settings: Settings, defects: frozenset[str]
    ) -> WitnessProgram | RefusingWitness:
        saw = self._watched(kernel, settings, Witness)
        if refuses(kernel, defects):
            return RefusingWitness(kernel, settings)
        return WitnessProgram(kernel, settings, defects, saw, self._stored)

    def process(self, host: HostPlan) -> ServiceProcess:
        return DATA_PROCESS if host.role == "data" else ServiceProcess()

    def connect(
        self, kernel: Kernel, address: str, done: Callable[[bool], None]
    ) -> NodeConnection | DiscoveredConnection:
        if not address.startswith(DISCOVERY):
            return NodeConnection(kernel, address, done)
        return DiscoveredConnection(kernel, tuple(address.removeprefix(DISCOVERY).split(",")), done)

    def watch(self, plan: Plan, kernel: Kernel) -> SimulatedWatch:
        observed = [host.name for host in plan.hosts if host.role in ("data", "witness")]
        return SimulatedWatch(kernel, observed, blocks.settings_from(plan.settings))

    # --- for a search -----------------------------------------------------------------------------

    def variation(self, draw: Random, needs: Mapping[str, Sequence[Json]]) -> dict[str, Json]:
        return variations.variation(draw, needs)

    def moments(self, *, failing: bool) -> Sequence[Aim]:
        return variations.moments(failing=failing)

    def during(self, act: str, what: str) -> str:
        return variations.during(act, what)

    def nobody_can_reign(self) -> bool:
        truth = self._truth
        return truth is not None and (truth.lost_store() or bool(truth.register.maintenance))

    def note_edges(self) -> None:
        self._edges = Edges()

    def edges(self) -> Mapping[str, int]:
        return self._edges.counts() if self._edges is not None else {}

    # --- the truth --------------------------------------------------------------------------------

    def _watched(self, kernel: Kernel, settings: Settings, kind: type) -> Saw:
        """A program begins, on the disk that its host has now. kind: of its machine."""
        if self._truth is None:
            kernel.tell(Watched(at_s=kernel.now_s(), invariants=tuple(INVARIANTS)))
            self._truth = Truth(
                settings, self._held, self._tails, lambda violation: kernel.tell(_event(violation))
            )
        # A store that nobody reads is as good as gone.
        self._disks[kernel.host] = {} if refuses(kernel, self._defects) else kernel.disk
        look, edges = self._truth.look_at(kind), self._edges
        if edges is None:
            return look

        def both(seat: Kernel, machine: object, event: Event, effects: Effects) -> None:
            look(seat, machine, event, effects)
            edges.handled(seat, machine, event, effects)

        return both

    def _held(self, node: str) -> tuple[NodeState, Sequence[Record]] | None:
        return log.held(self._disks.get(node, {}))

    def _tails(self, node: str) -> Sequence[Sequence[Record]]:
        return log.tails(self._disks.get(node, {}))

    def _stored(self, kernel: Kernel, state: WitnessState) -> None:
        assert self._truth is not None
        self._truth.stored(kernel, state)


def _event(violation: Violation) -> Violated:
    return Violated(
        at_s=violation.at_s, host=violation.host, invariant=violation.invariant, detail=violation.detail
    )
