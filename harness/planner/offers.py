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
        }
    ),
    "simulator": frozenset(
        {"kill", "stop", "pause", "crash", "partition", "latency", "loss", "disk", "clock", "switch"}
    ),
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
