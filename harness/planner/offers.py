"""What each world can do, so that a plan is refused before its world is there. Imports no world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.model import hardship
from harness.model.drill import (
    ClockStep,
    ControlStep,
    CrashStep,
    DiskStep,
    ExecStep,
    HoldStep,
    ImpairStep,
    KillStep,
    LatencyStep,
    LossStep,
    PartitionStep,
    Step,
    StrainStep,
    SwitchStep,
    WaitStep,
)
from harness.model.fault import CutMode
from harness.model.impairment import name_of

FAULTS_OF_WORLDS: Mapping[str, frozenset[str]] = {
    "docker": frozenset(
        {
            "kill",
            "stop",
            "pause",
            "crash",
            "partition",
            "latency",
            "bandwidth",
            "slicing",
            "reset",
            "slow_close",
            "switch",
            "restart",
            "power_off",
            "cpu",
            "memory",
            "slow_fsync",
            "failing_fsync",
            "disk_full",
            "exec",
        }
    ),
    # What Toxiproxy and signals can do, and no more.
    "processes": frozenset(
        {
            "kill",
            "stop",
            "pause",
            "crash",
            "partition",
            "latency",
            "bandwidth",
            "slicing",
            "reset",
            "slow_close",
            "switch",
            "restart",
        }
    ),
    "simulator": frozenset(
        {"kill", "stop", "pause", "crash", "partition", "latency", "loss", "disk", "clock", "switch"}
        | {"restart"}
    ),
}
_BYTES = (
    "its messages have no bytes, and its connections no end of their own; containers (--world docker) have"
)
_CGROUPS = "it takes a container of each host's own; containers (--world docker) do it"
_CLOCK = (
    "hosts on one machine share its clocks: a monotonic clock, by which leases are kept, can be set for no "
    "program that runs, and its rate for none at all; the simulator does it"
)
_DISK = (
    "no disk is stopped, lost or damaged under a program from outside; containers have slow_fsync and "
    "failing_fsync, and the simulator does it"
)
_LOSS = "this needs netem, which not every kernel has; partition has how: loss, and the simulator does it"
_POWER = "no packet of a process on this machine's own network may vanish; containers (--world docker) do it"
# World -> faults that it does not offer, each with the reason.
WHY_NOT: Mapping[str, Mapping[str, str]] = {
    "docker": {"clock": _CLOCK, "disk": _DISK, "loss": _LOSS},
    "processes": {
        "clock": _CLOCK,
        "disk": _DISK,
        "loss": _LOSS,
        "power_off": _POWER,
        **dict.fromkeys(("cpu", "memory", "slow_fsync", "failing_fsync"), _CGROUPS),
        "disk_full": "its hosts keep all on this machine's own disk; containers (--world docker) get disks",
        "exec": "a command would run on this machine itself; containers (--world docker) keep it to a host",
    },
    "simulator": {
        **dict.fromkeys(("bandwidth", "slicing", "reset", "slow_close"), _BYTES),
        "power_off": "kill with scope: host is the same there, but for the end of connections that peers see",
        "exec": "nothing runs there that a command could speak to; containers (--world docker) do it",
        **dict.fromkeys(
            ("cpu", "memory", "slow_fsync", "failing_fsync", "disk_full"),
            "its programs use no processor, no memory and no room; disk has does: stall and fail there",
        ),
    },
}
# World -> ways of a cut that it does not offer, each with the reason.
CUTS_REFUSED: Mapping[str, Mapping[CutMode, str]] = {
    "processes": {
        "loss": "its hosts share this machine's network, where no packet may vanish; drop, stall and refuse "
        "are there, and containers (--world docker) lose packets",
    },
}
# Worlds that see what a program does; the others hear only what it tells.
WORLDS_INSIDE: frozenset[str] = frozenset({"simulator"})


def offers_all(world: str, steps: Iterable[Step]) -> bool:
    """Whether a world offers every fault of these steps."""
    return {needed_fault(step) for step in steps} - {""} <= FAULTS_OF_WORLDS[world]


def needed_fault(step: Step) -> str:
    """The fault that a step asks for, as worlds and targets name it; empty where it asks for none."""
    match step:
        case KillStep(verb=verb):
            return verb
        case CrashStep():
            return "crash"
        case PartitionStep():
            return "partition"
        case LatencyStep():
            return "latency"
        case LossStep():
            return "loss"
        case ImpairStep(by=by):
            return name_of(by)
        case DiskStep():
            return "disk"
        case ClockStep():
            return "clock"
        case SwitchStep():
            return "switch"
        case StrainStep(by=by):
            return hardship.name_of(by)
        case ExecStep():
            return "exec"
        case ControlStep() | WaitStep() | HoldStep():
            return ""
