"""What each world can do, so that a plan is refused before its world is there. Imports no world."""

from __future__ import annotations

from collections.abc import Mapping

from harness.model.drill import (
    ClockStep,
    ControlStep,
    CrashStep,
    DiskStep,
    HoldStep,
    ImpairStep,
    KillStep,
    LatencyStep,
    LossStep,
    PartitionStep,
    Step,
    SwitchStep,
    WaitStep,
)
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
        }
    ),
    "simulator": frozenset(
        {"kill", "stop", "pause", "crash", "partition", "latency", "loss", "disk", "clock", "switch"}
    ),
}
# Worlds that see what a program does; the others hear only what it tells.
WORLDS_INSIDE: frozenset[str] = frozenset({"simulator"})


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
        case ControlStep() | WaitStep() | HoldStep():
            return ""
