"""What keeps a cold standby up to date: it does not run, its agent keeps what is shipped. Frozen values.

primary -> standby  Rest      it holds everything: it may go down
primary -> agent    Ship      what was written since, each `ship_interval`
agent -> primary    Shipped   what its disk holds now
anybody -> agent    Wake      its data node shall run
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from targets.reference.defects import COLD_WITHOUT_ITS_LOG
from targets.reference.machines.words.nouns import Member, Name, Number, Place, Record


def agent_of(node: str) -> str:
    """The name by which a data node's agent is sent to; the node itself listens elsewhere, while it runs."""
    return f"{node}/agent"


class Rest(Struct, frozen=True, tag=True):
    """Said again until it is followed."""

    epoch: Number


class Ship(Struct, frozen=True, tag=True):
    """records follow `previous`; none: a question what it holds."""

    epoch: Number
    previous: Place
    records: tuple[Record, ...]


class Shipped(Struct, frozen=True, tag=True):
    """Of the store of that identity; last: the end of its log and of what was shipped since, durable."""

    node: Name
    identity: Name
    last: Place


class Wake(Struct, frozen=True, tag=True):
    """epoch: of the reign that the sender acts in, or against."""

    epoch: Number


class AtRest(Struct):
    """What a primary knows of a cold standby that does not run. held: its agent has it durably, up to there.

    upto: what the round of shipping that is under way shall bring.
    """

    member: Member
    held: int
    heard_s: float
    upto: int = 0


def restored(last: Place, shipped: Sequence[Record], defects: frozenset[str]) -> tuple[Record, ...]:
    """Those of the shipped records that go on where a log ends at `last`; what it holds already is left out.

    None where there is a gap: then they are of another log.
    """
    if COLD_WITHOUT_ITS_LOG in defects:
        return ()
    rest = tuple(record for record in shipped if record.position > last.position)
    if not rest or rest[0].position != last.position + 1 or rest[0].epoch < last.epoch:
        return ()
    return rest
