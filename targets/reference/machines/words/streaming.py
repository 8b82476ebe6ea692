"""What a standby and its primary say to each other, and who hands over to whom."""

from __future__ import annotations

from msgspec import Struct

from targets.reference.machines.words.nouns import Name, Number, Place, Record, Text


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
