"""What is said about leases and who has failed: heartbeats, probes, votes, fences."""

from __future__ import annotations

from msgspec import Struct

from targets.reference.machines.words.nouns import Name, Number, Place, Seconds, Text


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
    """This witness's own grant to (epoch, node) has run out or was handed back.

    True when said: once the fence lapses the witness may grant again, but then accepts no other primary.
    """

    epoch: Number
    node: Name


class Fenced(Struct, frozen=True, tag=True):
    """Coordinator to witness: a full ballot has shown that the register names (epoch, node) as fenced."""

    epoch: Number
    node: Name
