"""The reference stack as what a simulator runs."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.plan import HostPlan, Plan
from harness.seams import Kernel, Program, ServiceProcess
from targets.reference import written as blocks
from targets.reference.simulated.agent import AgentProgram
from targets.reference.simulated.client import NodeConnection
from targets.reference.simulated.router import RouterProgram
from targets.reference.simulated.watch import SimulatedWatch
from targets.reference.simulated.witness import WitnessProgram
from targets.reference.target import DATA_PROCESS


class SimulatedReference:
    """Offers harness.seams.Simulated."""

    def program(self, plan: Plan, host: HostPlan) -> Program:
        settings = blocks.settings_from(plan.settings)
        defects = frozenset({plan.defect} if plan.defect else ())
        match host.role:
            case "data":
                return lambda kernel: AgentProgram(kernel, settings, defects)
            case "witness":
                return lambda kernel: WitnessProgram(kernel, settings, defects)
            case "router":
                return lambda kernel: RouterProgram(kernel, settings)
            case "client":
                raise ValueError(f"{host.name} is a client: it runs the world's load")

    def process(self, host: HostPlan) -> ServiceProcess:
        return DATA_PROCESS if host.role == "data" else ServiceProcess()

    def connect(self, kernel: Kernel, address: str, done: Callable[[bool], None]) -> NodeConnection:
        return NodeConnection(kernel, address, done)

    def watch(self, plan: Plan, kernel: Kernel) -> SimulatedWatch:
        return SimulatedWatch(kernel, [host.name for host in plan.hosts if host.role in ("data", "witness")])


SIMULATED_REFERENCE = SimulatedReference()
