"""What the conductor asks of the world. Each is answered by events."""

from __future__ import annotations

from msgspec import Struct

from harness.model.fault import Fault
from harness.model.moment import Moment

# Begins an address that has to be asked for.
DISCOVERY = "discovery:"


class Inject(Struct, frozen=True, tag="inject"):
    """Apply the fault; answered by Applied or Failed with the same id."""

    fault_id: str
    fault: Fault


class Heal(Struct, frozen=True, tag="heal"):
    """End the fault; answered by Healed or Failed with the same id."""

    fault_id: str


class StartLoad(Struct, frozen=True, tag="start_load"):
    """Begin a client's share of the load; its operations come back as Returned.

    address is where it writes: the router's or a data node's host name, or DISCOVERY and the hosts to ask who
    is primary, joined by commas. Values are
    `<value_prefix>.<client host>.<writer>.<n>`, so every write is unique.
    """

    trial: int
    client: str
    address: str
    value_prefix: str
    writers: int
    rate_per_s: float
    readers: int
    read_rate_per_s: float
    timeout_s: float


class StopLoad(Struct, frozen=True, tag="stop_load"):
    """Schedule nothing more; answered by LoadStopped when every operation has ended."""

    client: str


class Control(Struct, frozen=True, tag="control"):
    """Ask the target for something; answered by Controlled or Failed with the same id."""

    control_id: str
    action: str
    host: str


class Execute(Struct, frozen=True, tag="execute"):
    """Run this command on the host; answered by Executed or Failed with the same id."""

    command_id: str
    host: str
    argv: tuple[str, ...]
    within_s: float


class ReadAll(Struct, frozen=True, tag="read_all"):
    """Read every write of a trial at the sole primary; answered by FinalRead or Failed."""

    read_id: str
    host: str
    value_prefix: str


class AwaitMoment(Struct, frozen=True, tag="await_moment"):
    """Tell me as soon as this happens, counted from now; answered by MomentCame with the same id, once."""

    moment_id: str
    moment: Moment


class ForgetMoment(Struct, frozen=True, tag="forget_moment"):
    """Nobody waits for it any more; unanswered."""

    moment_id: str


class Wake(Struct, frozen=True, tag="wake"):
    """Tell me after this long; answered by Woke with the same id."""

    wake_id: str
    after_s: float


Command = (
    Inject | Heal | StartLoad | StopLoad | Control | Execute | ReadAll | AwaitMoment | ForgetMoment | Wake
)
