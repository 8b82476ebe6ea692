"""What machines and clients say to each other. Its nouns are in nouns, an operator's words in operating.

Every message is a frozen value; on the wire they are msgpack, tagged, one a frame.
`request` ties an answer to its question. What is out of bounds is no message: the driver's decoder sees to
it, so the machines need not.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from targets.reference.machines.nouns import NO_BALLOT as NO_BALLOT
from targets.reference.machines.nouns import Ballot as Ballot
from targets.reference.machines.nouns import Member as Member
from targets.reference.machines.nouns import Name, Number, Seconds, Text
from targets.reference.machines.nouns import Place as Place
from targets.reference.machines.nouns import Record as Record
from targets.reference.machines.nouns import Register as Register
from targets.reference.machines.operating import AskStatus as AskStatus
from targets.reference.machines.operating import FenceOrder as FenceOrder
from targets.reference.machines.operating import Maintain as Maintain
from targets.reference.machines.operating import OrderAnswer as OrderAnswer
from targets.reference.machines.operating import PrimaryIs as PrimaryIs
from targets.reference.machines.operating import PromoteOrder as PromoteOrder
from targets.reference.machines.operating import Rejoin as Rejoin
from targets.reference.machines.operating import StatusAnswer as StatusAnswer
from targets.reference.machines.operating import WhoIsPrimary as WhoIsPrimary
from targets.reference.machines.shipped import Rest as Rest
from targets.reference.machines.shipped import Ship as Ship
from targets.reference.machines.shipped import Shipped as Shipped
from targets.reference.machines.shipped import Wake as Wake

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

    request: Number


class CopyAnswer(Struct, frozen=True, tag=True):
    """empty: this one has no store either (first start of the cluster)."""

    request: Number
    empty: bool
    promised: Ballot
    accepted: Ballot
    value: Register


# --- leases and detection ----------------------------------------------------------------------


class Heartbeat(Struct, frozen=True, tag=True):
    """The primary asks each witness for its lease. sent_s: the sender's clock, echoed in the answer.

    last: what it holds durably. stuck_s: for so long its disk has had something to write, and has finished
    nothing. opened: the position at which its epoch begins.
    """

    epoch: Number
    node: Name
    sent_s: Seconds
    last: Place
    stuck_s: Seconds = 0.0
    opened: Number = 0


class Granted(Struct, frozen=True, tag=True):
    epoch: Number
    node: Name
    sent_s: Seconds


class HeartbeatRefused(Struct, frozen=True, tag=True):
    """known_epoch: the newest the witness knows. The sender's is too old, or must wait."""

    epoch: Number
    node: Name
    sent_s: Seconds
    known_epoch: Number


class HandBack(Struct, frozen=True, tag=True):
    """(epoch, node) is given up for ever: its process was seen dead, or it switched over."""

    epoch: Number
    node: Name


class HandBackNoted(Struct, frozen=True, tag=True):
    epoch: Number
    node: Name


class Probe(Struct, frozen=True, tag=True):
    """Do you reign? Asked by witnesses and standbys. number: of the asker, never used again."""

    number: Number


class ProbeAnswer(Struct, frozen=True, tag=True):
    """epoch: in which the node reigns, 0 for none. stuck_s: as in Heartbeat."""

    number: Number
    epoch: Number
    node: Name
    stuck_s: Seconds


class Alive(Struct, frozen=True, tag=True):
    """Agent to witness: the host is up, and the child that reigns in this epoch runs."""

    epoch: Number
    node: Name


class Hint(Struct, frozen=True, tag=True):
    """Standby `seer` to witness: I hear nothing of (epoch, node). Never counts alone."""

    epoch: Number
    node: Name
    seer: Name


class Vote(Struct, frozen=True, tag=True):
    """Witness to witness: I hold (epoch, node) for failed. Stands for one lease, then is repeated.

    heard, opened: the newest that its heartbeats told here.
    """

    epoch: Number
    node: Name
    reason: Text
    heard: Place = Place()
    opened: Number = 0


class Fence(Struct, frozen=True, tag=True):
    """Coordinator to witness, confirmed by voters: renew no more for one lease, say when yours is over.

    ordered_by: the operator who ordered it, in place of voters.
    """

    epoch: Number
    node: Name
    voters: tuple[Name, ...]
    ordered_by: Text = ""


class LeaseOver(Struct, frozen=True, tag=True):
    """This witness's own grant to (epoch, node) has run out or was handed back."""

    epoch: Number
    node: Name


class Fenced(Struct, frozen=True, tag=True):
    """Coordinator to witness: a full ballot has shown that the register names (epoch, node) as fenced."""

    epoch: Number
    node: Name


# --- promotion -----------------------------------------------------------------------------------


class Reach(Struct, frozen=True, tag=True):
    """Coordinator to standby: could you be sealed? Nothing is touched before enough of them answer."""

    epoch: Number


class Here(Struct, frozen=True, tag=True):
    """last: what it holds durably now; it may hold more by the time it is sealed."""

    epoch: Number
    node: Name
    identity: Name
    last: Place = Place()


class Seal(Struct, frozen=True, tag=True):
    """Refuse every stream older than this epoch for ever, then say what you hold."""

    epoch: Number


class Sealed(Struct, frozen=True, tag=True):
    """epoch: what this node is sealed at now (higher than asked for: ask again above it)."""

    epoch: Number
    node: Name
    identity: Name
    last: Place


class Promote(Struct, frozen=True, tag=True):
    """The register names you, or another, in this epoch: read it and act on that. A hint, no authority."""

    epoch: Number


# --- replication (standby -> primary -> standby) -------------------------------------------------


class Follow(Struct, frozen=True, tag=True):
    """A standby asks to follow `epoch`. history: the last place of each epoch in its log, ascending."""

    epoch: Number
    node: Name
    identity: Name
    history: tuple[Place, ...]


class Common(Struct, frozen=True, tag=True):
    """The last place that both logs hold: drop what you have after it, then follow from there.

    of: the last record of the log that was asked about. A log that has changed since is another question.
    """

    epoch: Number
    last_common: Place
    of: Place


class FollowRefused(Struct, frozen=True, tag=True):
    """Not primary of that epoch (any more); `epoch` and `primary` are the best it knows."""

    epoch: Number
    primary: Name


class Stream(Struct, frozen=True, tag=True):
    """Records after `previous`; a standby without exactly that one refuses. Empty records: are you there?

    acknowledged: everything up to this position is acknowledged and may be shown.
    """

    epoch: Number
    previous: Place
    records: tuple[Record, ...]
    acknowledged: Number


class StreamAck(Struct, frozen=True, tag=True):
    """Durable up to `last` in the stream of `epoch`."""

    epoch: Number
    node: Name
    identity: Name
    last: Place


class StreamRefused(Struct, frozen=True, tag=True):
    """sealed: the epoch below which this standby takes nothing; last: what it holds."""

    epoch: Number
    node: Name
    sealed: Number
    last: Place


class Missing(Struct, frozen=True, tag=True):
    """Primary to witness: this eligible standby does not follow me; does it answer you?"""

    epoch: Number
    node: Name
    identity: Name


class MissingAnswer(Struct, frozen=True, tag=True):
    """dead: this witness has had no answer for a whole silence, knocking all the while."""

    epoch: Number
    node: Name
    identity: Name
    dead: bool


class SwitchOver(Struct, frozen=True, tag=True):
    """Operator to primary: hand over to this node."""

    request: Number
    to: Name


class SwitchOverAnswer(Struct, frozen=True, tag=True):
    request: Number
    ok: bool
    detail: Text


# --- clients -------------------------------------------------------------------------------------


class Write(Struct, frozen=True, tag=True):
    request: Number
    key: str
    value: str


class Read(Struct, frozen=True, tag=True):
    request: Number
    key: str


class ReadAll(Struct, frozen=True, tag=True):
    """Every acknowledged value that begins with the prefix, in log order."""

    request: Number
    prefix: str


class Reply(Struct, frozen=True, tag=True):
    """outcome fail: certainly not applied (not primary, no lease, refused); unknown: it may be."""

    request: Number
    outcome: Literal["ok", "fail", "unknown"]
    node: Name
    epoch: Number
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
    | Probe
    | ProbeAnswer
    | Alive
    | Hint
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
    | Rest
    | Ship
    | Shipped
    | Wake
    | Missing
    | MissingAnswer
    | SwitchOver
    | SwitchOverAnswer
    | Write
    | Read
    | ReadAll
    | Reply
    | WhoIsPrimary
    | PrimaryIs
    | AskStatus
    | StatusAnswer
    | Maintain
    | FenceOrder
    | PromoteOrder
    | Rejoin
    | OrderAnswer
)
