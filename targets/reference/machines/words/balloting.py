"""What a ballot says: proposer -> witness -> proposer."""

from __future__ import annotations

from msgspec import Struct

from targets.reference.machines.words.nouns import Ballot, Number, Register


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
