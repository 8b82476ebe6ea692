"""Fully resolved and seeded: what will be done, with nothing left to guess."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harness.model.drill import (
    ControlStep,
    CrashStep,
    ExecStep,
    Expectation,
    HoldStep,
    Json,
    KillStep,
    Load,
    Missed,
    Step,
    Via,
    WaitStep,
)

# fence: has the power switches of the data hosts. other: of a user's stack, and no part of a failover.
HostRole = Literal["data", "witness", "router", "fence", "client", "other"]


class Bound(Struct, frozen=True, kw_only=True):
    """What the target's own settings promise at worst, and the formula it comes from."""

    limit_s: float
    formula: str


class HostPlan(Struct, frozen=True, kw_only=True):
    """A host of the mesh: what it is for, and what its peers may speak to."""

    name: str
    role: HostRole
    ports: tuple[int, ...] = ()


class ClientPlan(Struct, frozen=True, kw_only=True):
    """A client's share of the load."""

    host: str
    via: Via
    writers: int
    readers: int


class TimedStep(Struct, frozen=True, kw_only=True):
    """A step with its phase drawn: at_s after the last met wait or its own moment (0 for waits, holds).

    repeats: it does again what the step so many before it did, to the same hosts; 0 for none.
    """

    step: Step
    at_s: float = 0.0
    repeats: int = 0

    @property
    def lasts_s(self) -> float:
        """How long its fault is to last; 0 for what is no fault."""
        match self.step:
            case WaitStep() | HoldStep() | ControlStep() | ExecStep() | KillStep(verb="restart"):
                return 0.0
            case CrashStep(until_s=until_s):
                return until_s
            case step:
                return step.until_s - self.at_s


class TrialPlan(Struct, frozen=True, kw_only=True):
    """One trial; number counts from 1."""

    number: int
    steps: tuple[TimedStep, ...]


class Promises(Struct, frozen=True, kw_only=True):
    """What the target promises under its settings. None is "no promise".

    clients_know_epochs: an operation tells in whose reign it was served; else the nodes' own words, as they
    were watched, have to tell.
    """

    detection: Bound
    rpo: Bound | None
    lost_writes_max: int | None
    reads_are_linearizable: bool
    outage: Bound | None = None
    clients_know_epochs: bool = True


class Plan(Struct, frozen=True, kw_only=True):
    """All a world needs to run a drill, and a checker to judge it."""

    drill: str
    story: str
    target: str
    world: str
    seed: int
    defect: str
    settings: dict[str, Json]
    hosts: tuple[HostPlan, ...]
    clients: tuple[ClientPlan, ...]
    load: Load
    trials: tuple[TrialPlan, ...]
    expect: tuple[Expectation, ...]
    promises: Promises
    missed: Missed = "abandon"
    settle_within_s: float = 30.0
    stall_limit_s: float = 0.05  # a stall of harness or client beyond this voids that trial's times
    clock_error_s: float = 0.0  # no stamp is further than this from the true time; 0: the hosts share a clock


class Provenance(Struct, frozen=True, kw_only=True):
    """Where and when a run was made: the only place for wall time, versions and the machine."""

    started_utc: str
    origin_monotonic_s: float
    command: str
    harness_version: str
    python: str
    kernel: str
    cpus: int
    images: dict[str, str]
    programs: dict[str, str] = {}


class PlanFile(Struct, frozen=True, kw_only=True):
    """plan.json: the plan and its provenance."""

    plan: Plan
    provenance: Provenance
