"""The nouns of the protocol: what messages carry and machines remember. Frozen values.

A ballot is (counter, node, incarnation), never used twice.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

# What a sound host can say. Beyond it a number is no epoch, place or time, and nobody computes with it: a
# huge epoch would be the newest for ever, and what is not a number compares with nothing.
NUMBER_MAX = 1 << 53
SECONDS_MAX = 1e10
NAME_CHARACTERS_MAX, TEXT_CHARACTERS_MAX = 64, 2000

Number = Annotated[int, Meta(ge=0, le=NUMBER_MAX)]
Seconds = Annotated[float, Meta(ge=0, le=SECONDS_MAX)]
Name = Annotated[str, Meta(max_length=NAME_CHARACTERS_MAX)]
Text = Annotated[str, Meta(max_length=TEXT_CHARACTERS_MAX)]

Ballot = tuple[Number, Name, Number]
NO_BALLOT: Ballot = (0, "", 0)


class Member(Struct, frozen=True, order=True):
    """A data node with the identity that its store drew when it was made: a lost disk is a new node."""

    node: Name
    identity: Name


class Register(Struct, frozen=True):
    """The cluster's one register. eligible: sorted, the primary included. Epoch 0: nobody was primary yet.

    fenced: sorted reigns (epoch, node), never nodes, whose power was seen off: they have ended for ever, and
    no grant to them lasts. Only the reign in force and the one before it can be named: the grants of older
    ones have run out, or run out by themselves.

    maintenance: why nobody may fail over by itself, in an operator's words; empty: it is off. Whoever changes
    another part carries it along, so it is one value for all, decided like everything in here.
    """

    epoch: Number = 0
    primary: Name = ""
    eligible: tuple[Member, ...] = ()
    fenced: tuple[tuple[Number, Name], ...] = ()
    maintenance: Text = ""

    def __str__(self) -> str:
        """For a person: without what the stores have drawn, and without what is empty."""
        fenced = "".join(f", ({epoch}, {node}) fenced" for epoch, node in self.fenced)
        resting = f", maintenance: {self.maintenance}" if self.maintenance else ""
        eligible = " ".join(member.node for member in self.eligible)
        return (
            f"(epoch {self.epoch}, primary {self.primary or 'nobody'}, eligible {eligible}{fenced}{resting})"
        )

    def succeeded(self, epoch: int, primary: str, eligible: tuple[Member, ...]) -> Register:
        """A newer reign in place of this one."""
        fenced = tuple(reign for reign in self.fenced if reign[0] >= self.epoch)
        return replace(self, epoch=epoch, primary=primary, eligible=eligible, fenced=fenced)

    def with_eligible(self, eligible: tuple[Member, ...]) -> Register:
        return replace(self, eligible=eligible)

    def with_own_fence(self) -> Register:
        """The reign in force is named as fenced."""
        fenced = {*self.fenced, (self.epoch, self.primary)}
        return replace(self, fenced=tuple(sorted(fenced)))

    def maintained(self, why: str) -> Register:
        """Maintenance for this reason; empty: off."""
        return replace(self, maintenance=why)


class Place(Struct, frozen=True, order=True):
    """A record's name in all logs: unique, since one epoch has one writer. (0, 0) is before the first."""

    epoch: Number = 0
    position: Number = 0


class Record(Struct, frozen=True, array_like=True):
    """One log entry. key "" is the mark that opens an epoch: no user data."""

    epoch: Number
    position: Number
    key: str
    value: str

    def __str__(self) -> str:
        return f"({self.epoch}, {self.position}) {self.key or 'mark'}"
