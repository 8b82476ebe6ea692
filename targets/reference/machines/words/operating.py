"""What operators and clients ask besides data, and the state that a host tells of itself. Frozen values.

A state is what its host believes when it is asked, no more: only a full ballot knows the register.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from targets.reference.machines.words.nouns import Name, Number, Place, Register, Text
from targets.reference.settings import Temperature

# --- discovery: client -> witness -> client ------------------------------------------------------


class WhoIsPrimary(Struct, frozen=True, tag=True):
    request: Number


class PrimaryIs(Struct, frozen=True, tag=True):
    """The newest reign that this witness has heard of. A hint: a node that is not primary refuses."""

    request: int
    epoch: int
    primary: str


# --- states --------------------------------------------------------------------------------------


class StandbyStatus(Struct, frozen=True, kw_only=True):
    """A standby as its primary sees it. held: the last position that it holds durably.

    counts: nothing is acknowledged without it. lag_bytes: keys and values of what it lacks.
    heard_ago_s: since its last word; infinite when it does not follow. lag_s: since the first record that it
    lacks was written. carries_load: it does not fall behind ever further. at_rest: a cold one, which does not
    run: its agent holds what was shipped, and was heard.
    """

    node: str
    eligible: bool
    counts: bool
    held: int
    lag_positions: int
    lag_bytes: int
    heard_ago_s: float
    lag_s: float = 0.0
    carries_load: bool = True
    temperature: Temperature = "hot"
    at_rest: bool = False


class Tail(Struct, frozen=True):
    """Records from first to last were moved out of the log into a file for the operator."""

    first: Place
    last: Place
    reason: str

    @property
    def stem(self) -> str:
        """How its file's name begins; a number follows."""
        first, last = self.first, self.last
        return f"divergent-{first.epoch}.{first.position}-{last.epoch}.{last.position}"


class NodeStatus(Struct, frozen=True, kw_only=True, tag=True):
    """A data node. role as it is told; register: what its last full ballot has shown.

    lease_s: what is left of its lease, 0 without one. acknowledged: up to this position all may be shown.
    tails: moved aside in this life, the newest last. stands_aside: why it does nothing; empty: it does.
    temperature: while it is a standby.
    """

    node: str
    identity: str
    role: Literal["starting", "standby", "primary", "fenced"]
    epoch: int
    register: Register
    sealed: int
    last: Place
    durable: Place
    acknowledged: int
    lease_s: float
    waiting_writes: int
    standbys: tuple[StandbyStatus, ...]
    tails: tuple[Tail, ...]
    stands_aside: str
    temperature: Temperature = "hot"


class StandingVote(Struct, frozen=True, kw_only=True):
    """Witness `voter` holds the primary for failed, for left_s more unless it says so again."""

    voter: str
    left_s: float


class WitnessStatus(Struct, frozen=True, kw_only=True, tag=True):
    """A witness. has_store: False while it copies what it has lost; then the rest says nothing.

    register, ballot: what it has accepted, committed or not. grant: to whom its lease lasts for lease_s more.
    watched: the reign that it listens to; its newest heartbeat came heard_ago_s ago (infinite: none came) and
    told the primary's last durable place.
    suspects: why it holds that reign for failed. leads: the step of a failover that it leads.
    outcomes: how many of those that it led ended how. damaged: why it refuses to vote; empty: it does not.
    """

    witness: str
    has_store: bool
    register: Register
    ballot: tuple[int, str, int]
    known_epoch: int
    grant: tuple[int, str]
    lease_s: float
    ready_in_s: float
    watched: tuple[int, str]
    heard_ago_s: float
    heard: Place
    suspects: str
    votes: tuple[StandingVote, ...]
    leads: str
    outcomes: dict[str, int]
    damaged: str = ""


class AskStatus(Struct, frozen=True, tag=True):
    request: Number


class StatusAnswer(Struct, frozen=True, tag=True):
    request: Number
    status: NodeStatus | WitnessStatus


# --- orders --------------------------------------------------------------------------------------


class Maintain(Struct, frozen=True, tag=True):
    """Operator to witness: put this into the register. why: empty ends maintenance."""

    request: Number
    why: Text


class PromoteOrder(Struct, frozen=True, tag=True):
    """Operator to witness: lead a failover from (epoch, primary) to `to`, in place of a majority's votes.

    forced: `to` need not be eligible, and alone is sealed: what it lacks is lost. The lease, or a fence that
    is confirmed, is waited for all the same. by: who orders it.
    """

    request: Number
    epoch: Number
    primary: Name
    to: Name
    forced: bool
    by: Text


class FenceOrder(Struct, frozen=True, tag=True):
    """Operator to witness: have the fence device switch this node off or on, and see that it is."""

    request: Number
    node: Name
    wanted: Literal["Off", "On"]
    by: Text


class Rejoin(Struct, frozen=True, tag=True):
    """Operator to data node: read the register now, and do what it says."""

    request: Number


class OrderAnswer(Struct, frozen=True, tag=True):
    """ok: it has happened. Else detail says why not, or that nobody knows."""

    request: Number
    ok: bool
    detail: str
