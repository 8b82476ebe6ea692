"""What machines and clients say to each other, and the nouns in it.

Every message is a frozen value; on the wire they are msgpack, tagged, one a frame.
`request` ties an answer to its question; `ballot` is (counter, node, incarnation), never used twice.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Ballot = tuple[int, str, int]
NO_BALLOT: Ballot = (0, "", 0)


class Member(Struct, frozen=True, order=True):
    """A data node with the identity that its store drew when it was made: a lost disk is a new node."""

    node: str
    identity: str


class Register(Struct, frozen=True):
    """The cluster's one register. eligible: sorted, the primary included. Epoch 0: nobody was primary yet.

    fenced: sorted reigns (epoch, node), never nodes, whose power was seen off: they have ended for ever, and
    no grant to them lasts. Only the reign in force and the one before it can be named: the grants of older
    ones have run out, or run out by themselves.
    """

    epoch: int = 0
    primary: str = ""
    eligible: tuple[Member, ...] = ()
    fenced: tuple[tuple[int, str], ...] = ()

    def succeeded(self, epoch: int, primary: str, eligible: tuple[Member, ...]) -> Register:
        """A newer reign in place of this one."""
        return Register(epoch, primary, eligible, tuple(f for f in self.fenced if f[0] >= self.epoch))

    def with_eligible(self, eligible: tuple[Member, ...]) -> Register:
        return Register(self.epoch, self.primary, eligible, self.fenced)

    def with_own_fence(self) -> Register:
        """The reign in force is named as fenced."""
        fenced = {*self.fenced, (self.epoch, self.primary)}
        return Register(self.epoch, self.primary, self.eligible, tuple(sorted(fenced)))


class Place(Struct, frozen=True, order=True):
    """A record's name in all logs: unique, since one epoch has one writer. (0, 0) is before the first."""

    epoch: int = 0
    position: int = 0


class Record(Struct, frozen=True, array_like=True):
    """One log entry. key "" is the mark that opens an epoch: no user data."""

    epoch: int
    position: int
    key: str
    value: str


# --- register (proposer -> witness -> proposer) ----------------------------------------------


class Prepare(Struct, frozen=True, tag=True):
    ballot: Ballot


class Promised(Struct, frozen=True, tag=True):
    ballot: Ballot
    accepted: Ballot
    value: Register


class Accept(Struct, frozen=True, tag=True):
    ballot: Ballot
    value: Register


class Accepted(Struct, frozen=True, tag=True):
    ballot: Ballot


class BallotRefused(Struct, frozen=True, tag=True):
    """A higher ballot was promised; the proposer goes on above `promised`."""

    ballot: Ballot
    promised: Ballot


class CopyRequest(Struct, frozen=True, tag=True):
    """A witness without its store asks all others what it may have said before."""

    request: int


class CopyAnswer(Struct, frozen=True, tag=True):
    """empty: this one has no store either (first start of the cluster)."""

    request: int
    empty: bool
    promised: Ballot
    accepted: Ballot
    value: Register


# --- leases and detection ----------------------------------------------------------------------


class Heartbeat(Struct, frozen=True, tag=True):
    """The primary asks each witness for its lease. sent_s: the sender's clock, echoed in the answer."""

    epoch: int
    node: str
    sent_s: float
    last: Place


class Granted(Struct, frozen=True, tag=True):
    epoch: int
    node: str
    sent_s: float


class HeartbeatRefused(Struct, frozen=True, tag=True):
    """known_epoch: the newest the witness knows. The sender's is too old, or must wait."""

    epoch: int
    node: str
    sent_s: float
    known_epoch: int


class HandBack(Struct, frozen=True, tag=True):
    """(epoch, node) is given up for ever: its process was seen dead, or it switched over."""

    epoch: int
    node: str


class HandBackNoted(Struct, frozen=True, tag=True):
    epoch: int
    node: str


class Vote(Struct, frozen=True, tag=True):
    """Witness to witness: I hold (epoch, node) for failed. Stands for one lease, then is repeated."""

    epoch: int
    node: str
    reason: str


class Fence(Struct, frozen=True, tag=True):
    """Coordinator to witness, confirmed by voters: renew no more for one lease, say when yours is over."""

    epoch: int
    node: str
    voters: tuple[str, ...]


class LeaseOver(Struct, frozen=True, tag=True):
    """This witness's own grant to (epoch, node) has run out or was handed back."""

    epoch: int
    node: str


class Fenced(Struct, frozen=True, tag=True):
    """Coordinator to witness: a full ballot has shown that the register names (epoch, node) as fenced."""

    epoch: int
    node: str


# --- promotion -----------------------------------------------------------------------------------


class Reach(Struct, frozen=True, tag=True):
    """Coordinator to standby: could you be sealed? Nothing is touched before enough of them answer."""

    epoch: int


class Here(Struct, frozen=True, tag=True):
    epoch: int
    node: str
    identity: str


class Seal(Struct, frozen=True, tag=True):
    """Refuse every stream older than this epoch for ever, then say what you hold."""

    epoch: int


class Sealed(Struct, frozen=True, tag=True):
    """epoch: what this node is sealed at now (higher than asked for: ask again above it)."""

    epoch: int
    node: str
    identity: str
    last: Place


class Promote(Struct, frozen=True, tag=True):
    """The register names you, or another, in this epoch: read it and act on that. A hint, no authority."""

    epoch: int


# --- replication (standby -> primary -> standby) -------------------------------------------------


class Follow(Struct, frozen=True, tag=True):
    """A standby asks to follow `epoch`. history: the last place of each epoch in its log, ascending."""

    epoch: int
    node: str
    identity: str
    history: tuple[Place, ...]


class Common(Struct, frozen=True, tag=True):
    """The last place that both logs hold: drop what you have after it, then follow from there.

    of: the last record of the log that was asked about. A log that has changed since is another question.
    """

    epoch: int
    last_common: Place
    of: Place


class FollowRefused(Struct, frozen=True, tag=True):
    """Not primary of that epoch (any more); `epoch` and `primary` are the best it knows."""

    epoch: int
    primary: str


class Stream(Struct, frozen=True, tag=True):
    """Records after `previous`; a standby without exactly that one refuses. Empty records: are you there?

    acknowledged: everything up to this position is acknowledged and may be shown.
    """

    epoch: int
    previous: Place
    records: tuple[Record, ...]
    acknowledged: int


class StreamAck(Struct, frozen=True, tag=True):
    """Durable up to `last` in the stream of `epoch`."""

    epoch: int
    node: str
    identity: str
    last: Place


class StreamRefused(Struct, frozen=True, tag=True):
    """sealed: the epoch below which this standby takes nothing; last: what it holds."""

    epoch: int
    node: str
    sealed: int
    last: Place


class SwitchOver(Struct, frozen=True, tag=True):
    """Operator to primary: hand over to this node."""

    request: int
    to: str


class SwitchOverAnswer(Struct, frozen=True, tag=True):
    request: int
    ok: bool
    detail: str


# --- clients -------------------------------------------------------------------------------------


class Write(Struct, frozen=True, tag=True):
    request: int
    key: str
    value: str


class Read(Struct, frozen=True, tag=True):
    request: int
    key: str


class ReadAll(Struct, frozen=True, tag=True):
    """Every acknowledged value that begins with the prefix, in log order."""

    request: int
    prefix: str


class Reply(Struct, frozen=True, tag=True):
    """outcome fail: certainly not applied (not primary, no lease, refused); unknown: it may be."""

    request: int
    outcome: Literal["ok", "fail", "unknown"]
    node: str
    epoch: int
    value: str = ""
    values: tuple[str, ...] = ()
    error: str = ""


Message = (
    Prepare
    | Promised
    | Accept
    | Accepted
    | BallotRefused
    | CopyRequest
    | CopyAnswer
    | Heartbeat
    | Granted
    | HeartbeatRefused
    | HandBack
    | HandBackNoted
    | Vote
    | Fence
    | LeaseOver
    | Fenced
    | Reach
    | Here
    | Seal
    | Sealed
    | Promote
    | Follow
    | Common
    | FollowRefused
    | Stream
    | StreamAck
    | StreamRefused
    | SwitchOver
    | SwitchOverAnswer
    | Write
    | Read
    | ReadAll
    | Reply
)
