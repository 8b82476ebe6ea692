"""What goes into a machine and what comes out.

    effects = machine.handle(now_s, event)

now_s is the host's own clock (CLOCK_BOOTTIME: a suspended host counts). Effects are carried out in
order; Persist, Truncate and Keep are durable before the next effect is carried out. Append is not: it is
answered later by Durable, one or many appends at a time (group commit). A machine is never re-entered.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harness.model.event import HealthLayer, NodeRole, PhaseName
from targets.reference.machines.words.messages import Message, Place, Record, Register

# A connection that a message came in by; what answers it goes out the same way.
Via = str


# --- events ---------------------------------------------------------------------------------


class Began(Struct, frozen=True):
    """The process runs; always the first event."""


class Received(Struct, frozen=True):
    """A message. sender: the host's name (clients too)."""

    sender: str
    message: Message
    via: Via


class Fired(Struct, frozen=True):
    """A timer that SetTimer set has come due."""

    timer: str


class Durable(Struct, frozen=True):
    """Every record appended so far, up to this one, is on disk."""

    epoch: int
    position: int


class AgentSaw(Struct, frozen=True):
    """For the agent: its child ended (waited for), was stopped, claims an epoch, or goes to rest; a start is
    wanted.

    identity, last: of one that goes to rest, its store and the end of its log, all durable.
    """

    what: Literal["child ended", "child stopped", "child claims", "child rests", "start"]
    epoch: int = 0
    identity: str = ""
    last: Place = Place()


# PowerState as Redfish has it. unknown: the device refused, or did not answer.
PowerState = Literal["On", "Off", "PoweringOn", "PoweringOff", "unknown"]
PowerOrder = Literal["ForceOff", "On", "read"]


class PowerAnswered(Struct, frozen=True):
    """The fence device's answer to AskPower, or that there is none; comes once for each.

    state: of an order, "unknown" where it was not accepted; of a read, what was read. detail: why unknown.
    """

    request: int
    node: str
    state: PowerState
    detail: str = ""


Event = Began | Received | Fired | Durable | AgentSaw | PowerAnswered


# --- effects --------------------------------------------------------------------------------


class Send(Struct, frozen=True):
    """To a host by name, over the sender's own connection to it; may be lost, late, never doubled."""

    to: str
    message: Message


class Answer(Struct, frozen=True):
    """Back over the connection that a message came in by; lost if that is gone."""

    via: Via
    message: Message


class HangUp(Struct, frozen=True):
    """Close the connection that a message came in by, after all that was answered there."""

    via: Via


class SetTimer(Struct, frozen=True):
    """Fire at this time on the host's clock; replaces the pending timer of that name."""

    timer: str
    at_s: float


class StopTimer(Struct, frozen=True):
    timer: str


class WitnessState(Struct, frozen=True, kw_only=True):
    """What a witness must not forget."""

    promised: tuple[int, str, int]
    accepted: tuple[int, str, int]
    value: Register


class NodeState(Struct, frozen=True, kw_only=True):
    """What a data node must not forget beside its log. sealed: refuses streams of older epochs."""

    identity: str
    sealed: int


class Persist(Struct, frozen=True):
    state: WitnessState | NodeState


class Append(Struct, frozen=True):
    """Write records at the end of the log; answered by Durable."""

    records: tuple[Record, ...]


class Truncate(Struct, frozen=True):
    """Move every record after this position into a file for the operator, then drop it from the log.

    reason: a line for the file's head. No Durable of what was dropped may be told afterwards.
    aside: False: nothing goes into a file; only a defect says so.
    """

    after_position: int
    reason: str
    aside: bool = True


class Claim(Struct, frozen=True):
    """Tell the agent that this process is about to send in the epoch; when it dies, that is handed back."""

    epoch: int


class Redirect(Struct, frozen=True):
    """Point the router at this host and cut what it still has open to the others."""

    primary: str
    epoch: int


class Validate(Struct, frozen=True):
    """Write and read a canary through the router, and tell how it went (Tell `validated`, or an Alert)."""

    epoch: int
    primary: str


class LetGo(Struct, frozen=True):
    """What is still wanted of the router in this epoch, or in an older one, is off: another one reigns."""

    epoch: int


class AskPower(Struct, frozen=True):
    """Ask the fence device to switch a node's power, or how it stands; answered by PowerAnswered."""

    request: int
    node: str
    order: PowerOrder


class StartChild(Struct, frozen=True):
    """The agent starts the data node's process."""


class Keep(Struct, frozen=True):
    """The agent writes shipped records where the data node finds them at its start."""

    records: tuple[Record, ...]


class Retire(Struct, frozen=True):
    """The data node tells its agent where its log ends, and ends: a cold standby. Nothing follows it."""

    epoch: int
    identity: str
    last: Place


class Tell(Struct, frozen=True):
    """A phase of a failover for those who watch. layer: of a suspicion, which one was ill."""

    phase: PhaseName
    epoch: int
    subject: str
    detail: str = ""
    layer: HealthLayer | Literal[""] = ""


class TellRole(Struct, frozen=True):
    role: NodeRole
    epoch: int


class TellRegister(Struct, frozen=True):
    """The register, as a full ballot or a commit has shown it."""

    register: Register


class Alert(Struct, frozen=True):
    """Call a person."""

    text: str


Effect = (
    Send
    | Answer
    | HangUp
    | SetTimer
    | StopTimer
    | Persist
    | Append
    | Truncate
    | Claim
    | Redirect
    | Validate
    | LetGo
    | AskPower
    | StartChild
    | Keep
    | Retire
    | Tell
    | TellRole
    | TellRegister
    | Alert
)
Effects = list[Effect]
