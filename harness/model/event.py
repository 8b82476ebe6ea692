"""What the world tells, stamped where it happened.

Stamps are seconds since the run's origin on the clock that all of a run's processes share;
a world where they share none maps its clocks and adds the error. `before_s` and `after_s`
enclose an act: it happened somewhere between.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harness.model.fault import Fault

# fenced: it reigns, but its lease has run out, so it serves nobody. cold: a standby that rests on purpose.
NodeRole = Literal["primary", "standby", "starting", "fenced", "cold", "down"]
PhaseName = Literal[
    "suspected",
    "decided",
    "elected",
    "lease_over",
    "fenced",
    "promoted",
    "redirected",
    "validated",
    "rejoined",
]
# From the lowest to the highest; the lower can be well while the higher is ill.
HealthLayer = Literal["network", "process", "application", "business"]
OpKind = Literal["write", "read"]
Outcome = Literal["ok", "fail", "unknown"]

# Of a Failed: events of the host that the rest of its id names are lost for ever.
EVENTS_LOST = "follow "


class Applied(Struct, frozen=True, kw_only=True, tag="applied"):
    """The fault is in force, and was seen to bite."""

    fault_id: str
    fault: Fault
    before_s: float
    after_s: float
    evidence: tuple[str, ...]


class Healed(Struct, frozen=True, kw_only=True, tag="healed"):
    """The fault is over, and was seen to be.

    lapsed: it had ended before it was asked to, by whom is not known: why that is so; empty when it had not.
    """

    fault_id: str
    before_s: float
    after_s: float
    evidence: tuple[str, ...]
    lapsed: str = ""


class Failed(Struct, frozen=True, kw_only=True, tag="failed"):
    """A command could not be carried out, or its effect could not be seen."""

    command_id: str
    reason: str
    at_s: float


class RoleChanged(Struct, frozen=True, kw_only=True, tag="role"):
    """A data node says what it is. For `primary`: it holds epoch and serves."""

    at_s: float
    host: str
    role: NodeRole
    epoch: int


class PhaseReached(Struct, frozen=True, kw_only=True, tag="phase"):
    """A step of a failover, as the target itself tells it.

    host: who tells. subject: whom it is about (the suspected, fenced, promoted or rejoined host).
    epoch: of the reign that ends for suspected, decided, elected, lease_over, fenced; of the new one for the
    others. elected: who tells it leads the failover, in systems where deciding and leading are apart.
    layer: of a suspicion, the layer of health that was ill, where the target tells it.
    """

    at_s: float
    host: str
    phase: PhaseName
    epoch: int
    subject: str
    detail: str = ""
    layer: HealthLayer | Literal[""] = ""


class MembershipChanged(Struct, frozen=True, kw_only=True, tag="membership"):
    """The cluster's register as a node knows it: who is primary, who is in step with it."""

    at_s: float
    host: str
    epoch: int
    primary: str
    eligible: tuple[str, ...]


class HealthReported(Struct, frozen=True, kw_only=True, tag="health"):
    """A host is up and (data node, witness) knows this epoch; sent on change and at connection."""

    at_s: float
    host: str
    ready: bool
    epoch: int
    detail: str = ""


class Powered(Struct, frozen=True, kw_only=True, tag="powered"):
    """A host was switched off or on, by the host that the stack has for it: no fault of a drill's.

    at_s: when it was done. Off: all that ran there has ended. On: it is started, unless a fault in force
    keeps it down.
    """

    at_s: float
    host: str
    state: Literal["off", "on"]
    by: str
    detail: str = ""


class AlertRaised(Struct, frozen=True, kw_only=True, tag="alert"):
    """The target called for a person."""

    at_s: float
    host: str
    text: str


class Watched(Struct, frozen=True, kw_only=True, tag="watched"):
    """From now on a model that knows the truth checks these invariants of the target's protocol.

    Only a world where all machines run in one process has one.
    """

    at_s: float
    invariants: tuple[str, ...]


class Violated(Struct, frozen=True, kw_only=True, tag="violated"):
    """The model of the truth saw an invariant broken. host: whose act broke it."""

    at_s: float
    host: str
    invariant: str
    detail: str


class Returned(Struct, frozen=True, kw_only=True, tag="op"):
    """One client operation, whole. Never retried by the client.

    scheduled_s: when the open loop wanted it sent; call_s: just before sending; ret_s: just after the
    answer, None when none came. Outcome `fail` is "certainly not applied". node and epoch: who served
    it, empty and 0 where unknown. value: what was written, or what a read returned ("" for none yet).
    """

    trial: int
    client: str
    kind: OpKind
    key: str
    value: str
    outcome: Outcome
    scheduled_s: float
    call_s: float
    ret_s: float | None
    node: str = ""
    epoch: int = 0
    error: str = ""


class LoadStopped(Struct, frozen=True, kw_only=True, tag="load_stopped"):
    """All operations of this client have ended and were told."""

    client: str
    at_s: float


class Controlled(Struct, frozen=True, kw_only=True, tag="controlled"):
    """The target accepted (ok) or refused a control; what it did shows in other events."""

    control_id: str
    action: str = "switchover"
    ok: bool
    detail: str
    before_s: float
    after_s: float


class Executed(Struct, frozen=True, kw_only=True, tag="executed"):
    """A command has run on a host. output: the end of all that it printed."""

    command_id: str
    host: str
    exit_code: int
    output: str
    before_s: float
    after_s: float


class FinalRead(Struct, frozen=True, kw_only=True, tag="final_read"):
    """Every value of a trial that the primary holds."""

    read_id: str
    host: str
    epoch: int
    values: tuple[str, ...]
    at_s: float


class Stalled(Struct, frozen=True, kw_only=True, tag="stalled"):
    """The harness or a client was not scheduled between from_s and to_s: its stamps there are late."""

    who: str
    from_s: float
    to_s: float


class MomentCame(Struct, frozen=True, kw_only=True, tag="moment"):
    """A moment that AwaitMoment asked for; host: whose act it was."""

    moment_id: str
    host: str
    text: str
    at_s: float


class Woke(Struct, frozen=True, kw_only=True, tag="woke"):
    """The time asked for by Wake has passed."""

    wake_id: str
    at_s: float


Event = (
    Applied
    | Healed
    | Failed
    | RoleChanged
    | PhaseReached
    | MembershipChanged
    | HealthReported
    | Powered
    | AlertRaised
    | Watched
    | Violated
    | Returned
    | LoadStopped
    | Controlled
    | Executed
    | FinalRead
    | Stalled
    | MomentCame
    | Woke
)
