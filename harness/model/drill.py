"""What a person wrote: a drill file as values, roles still unresolved.

Times are seconds. `Window(2, 2)` is a point. Step times count from the drill's last met wait, or from the
moment that `on` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from harness.model.fault import CutMode, DiskTrouble, Scope, Side, SwitchMode
from harness.model.hardship import Hardship
from harness.model.impairment import Impairment

# Anything that JSON can carry: what a target's own settings are made of before it reads them.
if TYPE_CHECKING:
    Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
else:
    Json = Any  # msgspec decodes no alias that names itself; what it decodes is JSON all the same

Shape = Literal["split", "bridge", "ring"]
Direction = Literal["both", "in", "out"]
Via = Literal["router", "primary", "standby", "discovery"]
WaitFor = Literal["steady", "rejoined", "failover"]
Action = Literal[
    "switchover",
    "promote",
    "force",
    "rejoin",
    "power off",
    "power on",
    "maintenance on",
    "maintenance off",
]
# What a step does that misses: its moment never comes, its role is nobody's, or there is nothing to hit.
Missed = Literal["abandon", "go on"]


class Window(Struct, frozen=True):
    """A phase is drawn from [low_s, high_s] by the seed of the run."""

    low_s: float
    high_s: float


class Trigger(Struct, frozen=True, kw_only=True):
    """The moment that a step's times count from: the nth act of that kind since the step was due.

    act and what: `tells` and a phase, or words of the target like `sends` `Seal`. host: whose, a role or a
    host; empty for anybody's. A moment that does not come within_s is waited for no longer.
    """

    act: str
    what: str
    host: str = ""
    nth: int = 1
    within_s: float


class Flapping(Struct, frozen=True, kw_only=True):
    """On for on_s at the beginning of each period_s, and off for the rest of it."""

    period_s: float
    on_s: float


class Load(Struct, frozen=True, kw_only=True):
    """Open-loop load, spread over the clients in turn. Rates are per writer and per reader."""

    writers: int = 4
    rate_per_s: float = 50.0
    readers: int = 2
    read_rate_per_s: float = 50.0
    timeout_s: float = 1.0


class KillStep(Struct, frozen=True, kw_only=True, tag="kill"):
    """Kill, stop or pause `victim` (a role or a host) at a phase; undone at until_s.

    restart: a stop that is undone at once, until_s being of no meaning. power_off: of a whole host.
    """

    verb: Literal["kill", "stop", "pause", "restart", "power_off"]
    victim: str
    scope: Scope
    at: Window
    until_s: float
    on: Trigger | None = None


class CrashStep(Struct, frozen=True, kw_only=True, tag="crash"):
    """The first of the victims that comes to the point dies there, right before or after the act.

    at, or `on`: from when the acts are counted. until_s: how long after its death it is started again.
    within_s: how long the point is waited for.
    """

    victim: str
    side: Side
    act: str
    what: str
    nth: int = 1
    at: Window
    within_s: float
    until_s: float
    on: Trigger | None = None


class PartitionStep(Struct, frozen=True, kw_only=True, tag="partition"):
    """Cut every link between the sides. A side is a set of roles and hosts; `rest` is all others.

    direction `in`: what travels towards the first side is lost; `out`: what leaves it.
    shape: a bridge or a ring keeps the links of each side to its neighbours, in a line or in a circle.
    """

    sides: tuple[tuple[str, ...], ...]
    how: CutMode
    direction: Direction
    at: Window
    until_s: float
    on: Trigger | None = None
    shape: Shape = "split"
    flapping: Flapping | None = None


class LatencyStep(Struct, frozen=True, kw_only=True, tag="latency"):
    """Delay every link between the sides."""

    sides: tuple[tuple[str, ...], ...]
    delay_s: float
    jitter_s: float
    at: Window
    until_s: float
    on: Trigger | None = None
    flapping: Flapping | None = None


class LossStep(Struct, frozen=True, kw_only=True, tag="loss"):
    """Lose a share of the packets of every link between the sides."""

    sides: tuple[tuple[str, ...], ...]
    share: float
    at: Window
    until_s: float
    on: Trigger | None = None


class ImpairStep(Struct, frozen=True, kw_only=True, tag="impair"):
    """Impair every link between the sides; direction as of a partition."""

    sides: tuple[tuple[str, ...], ...]
    by: Impairment
    direction: Direction
    at: Window
    until_s: float
    on: Trigger | None = None


class DiskStep(Struct, frozen=True, kw_only=True, tag="disk"):
    """What the store of `victim` (a role or a host) is on stalls, fails or is lost."""

    victim: str
    does: DiskTrouble
    at: Window
    until_s: float
    on: Trigger | None = None


class ClockStep(Struct, frozen=True, kw_only=True, tag="clock"):
    """The clock of `victim` runs at another rate."""

    victim: str
    rate: float
    at: Window
    until_s: float
    on: Trigger | None = None


class StrainStep(Struct, frozen=True, kw_only=True, tag="strain"):
    """What the programs of `victim` (a role or a host) have to run on is scarce, or slow."""

    victim: str
    by: Hardship
    at: Window
    until_s: float
    on: Trigger | None = None


class WaitStep(Struct, frozen=True, kw_only=True, tag="wait"):
    """Go on when the cluster is so, or after within_s. `host` narrows `rejoined` (`victim` allowed)."""

    wait_for: WaitFor
    host: str = ""
    within_s: float


class HoldStep(Struct, frozen=True, kw_only=True, tag="hold"):
    """Let the load run on for duration_s."""

    duration_s: float


class ControlStep(Struct, frozen=True, kw_only=True, tag="control"):
    """Ask the target for a planned action. to: a role or host that it is about; maintenance: a witness."""

    action: Action
    to: str
    at: Window
    on: Trigger | None = None


class ExecStep(Struct, frozen=True, kw_only=True, tag="exec"):
    """Run a command on `host` (a role or a host). It has no end of its own: what it did stays."""

    host: str
    argv: tuple[str, ...]
    within_s: float
    at: Window
    on: Trigger | None = None


class SwitchStep(Struct, frozen=True, kw_only=True, tag="switch"):
    """The power switch of `victim` (a role or a host) goes wrong, for whoever uses it."""

    victim: str
    how: SwitchMode
    at: Window
    until_s: float
    on: Trigger | None = None


# A fault, with its times.
FaultStep = (
    KillStep
    | CrashStep
    | PartitionStep
    | LatencyStep
    | LossStep
    | ImpairStep
    | DiskStep
    | ClockStep
    | SwitchStep
    | StrainStep
)
Step = FaultStep | WaitStep | HoldStep | ControlStep | ExecStep

Measure = Literal[
    "detection_time",
    "outage",
    "rejoin_time",
    "lost_writes",
    "rpo",
    "split_brain",
    "stale_reads",
    "false_failovers",
    "failovers",
    "phantom_writes",
]


class Expectation(Struct, frozen=True, kw_only=True):
    """One bound: the quantile of the measure over the trials must not exceed limit.

    measure: which. quantile: 1.0 is the maximum. limit: seconds or a count; None is "the target's
    own stated bound" (written `bound`). For `split_brain` the limit is 0 seconds (written `never`).
    at_least: must not stay below it instead, in any trial: `failovers: 1` is one expectation each way, and
    `{min: 20s}` a time. seen: it must have been more than none, in a trial at least.
    """

    measure: Measure
    quantile: float = 1.0
    limit: float | None = None
    at_least: bool = False
    seen: bool = False


class Drill(Struct, frozen=True, kw_only=True):
    """One drill file. settings: each target's block, as the person wrote it. lines: of every field."""

    name: str
    path: str
    story: str
    target: str
    settings: dict[str, dict[str, Json]]
    load: Load
    clients: dict[str, Via]
    trials: int
    steps: tuple[Step, ...]
    expect: tuple[Expectation, ...]
    seed: int | None = None  # to be run with where the command names none
    missed: Missed = "abandon"
    lines: dict[str, int] = {}  # `steps[0].kill` -> 12: where to point when only a plan shows what is wrong
