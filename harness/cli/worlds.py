"""Where drills run: which world is meant, and how it is opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness import run as workflow
from harness.cli.arguments import Namespace, nearest
from harness.cli.streams import write_error
from harness.model.errors import DrillError, WorldError
from harness.model.isolation import LACKS
from harness.model.plan import Plan
from harness.planner.offers import needed_fault
from harness.run import OpenWorld
from targets.registry import LOCAL, SIMULATED, TARGETS

if TYPE_CHECKING:
    from harness.worlds.processes.world import ProcessesWorld
    from harness.worlds.simulator.world import SimulatorWorld

WORLDS = ("docker", "processes", "simulator")
USUAL = "docker"
_NOT_YET = ("remote",)
OFFERED: dict[str, Collection[str]] = {
    "docker": TARGETS,
    "processes": LOCAL,
    "simulator": SIMULATED,
}


def must_be_one(name: str) -> None:
    """Raises DrillError."""
    if name in _NOT_YET:
        raise DrillError(f"the world '{name}' is not offered yet; run in containers with --world docker")
    if name not in WORLDS:
        raise DrillError(f"unknown world '{name}'{nearest(name, WORLDS)}")


def must_take(world: str, target: str) -> None:
    """Raises DrillError for a target that this world cannot bring up."""
    if world != USUAL and target not in OFFERED[world]:
        what = "be simulated" if world == "simulator" else "run as local processes"
        raise DrillError(f"the target '{target}' cannot {what}; run it with --world docker")


def at_hand(targets: Collection[str]) -> str:
    """Where these targets run when nobody says it: in containers, or as processes where no engine answers."""
    from harness.setup import engine, local

    answer = engine.ask()
    if answer.version or not all(name in LOCAL for name in targets) or local.hindrance(needs(targets)):
        return USUAL
    write_error(f"no Docker engine answers ({answer.why}), so this runs in the world of local processes.\n")
    write_error(f"  To have one: {engine.remedy(answer)}\n")
    return "processes"


def needs(targets: Collection[str]) -> dict[str, str]:
    """What these targets need of this machine to run as processes: program -> how to get it."""
    return {program: how for name in targets for program, how in LOCAL[name].needs().items()}


def programs(targets: Collection[str]) -> dict[str, str]:
    """What a run of these targets as processes is made from, beside Python: name and version -> id."""
    from harness.setup import local

    return local.identities(needs(targets))


def opener(args: Namespace, plans: Sequence[Plan]) -> OpenWorld:
    """Raises before anything starts: WorldError, TargetError, DrillError for what a world cannot give."""
    if args.world == "docker":
        from harness.cli.drills import containers

        return containers(plans, keep=args.keep)
    if args.keep:
        raise DrillError(
            f"--keep leaves containers for a look; the world {args.world} has none: leave it out"
        )
    return _virtual() if args.world == "simulator" else _processes(plans)


def _resets(plan: Plan) -> bool:
    return any(needed_fault(timed.step) == "reset" for trial in plan.trials for timed in trial.steps)


def _virtual() -> OpenWorld:
    from harness.worlds.simulator.world import SimulatorWorld

    def opened(plan: Plan, folder: Path, say: workflow.Say) -> SimulatorWorld:
        return SimulatorWorld(plan, SIMULATED[plan.target]())

    return opened


def _processes(plans: Sequence[Plan]) -> OpenWorld:
    from harness.setup import local, machine
    from harness.setup.images import ROOT
    from harness.worlds.processes.world import ProcessesWorld

    hindrance = local.hindrance(needs({plan.target for plan in plans}))
    toxiproxy = local.toxiproxy()
    if hindrance or toxiproxy is None:
        raise WorldError(f"{hindrance}\n  `failover-drill doctor` shows everything that runs need")
    for plan in plans:
        TARGETS[plan.target].stack(plan, ROOT / "compose")
        if _resets(plan) and not machine.may_reset_connections():
            raise WorldError(
                f"{plan.drill}: only root may reset connections of this machine: run it as root (or with "
                "CAP_NET_ADMIN), or with --world docker"
            )
    write_error(f"{LACKS['processes']}\n")

    def opened(plan: Plan, folder: Path, say: workflow.Say) -> ProcessesWorld:
        target, by = TARGETS[plan.target], LOCAL[plan.target]
        return ProcessesWorld.open(plan, target, by, folder, say, toxiproxy=toxiproxy)

    return opened
