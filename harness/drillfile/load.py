"""The load and its clients: how many write and read, how fast, and which way each client goes."""

from __future__ import annotations

from harness.drillfile.tree import Block, Node, shown
from harness.drillfile.words import Field, Kind, choice, object_schema, rate, read_fields, span, whole
from harness.model.drill import Load, Via

LANES_MAX = 100
RATE_MAX_PER_S = 1000.0
TOTAL_MAX_PER_S = 5000.0  # of all writers and readers: beyond that the clients would measure themselves

VIAS: dict[Via, str] = {
    "router": "through what stands in front of the data nodes",
    "primary": "straight to the node that was primary when the trial began, whatever becomes of it",
    "standby": "straight to the first node that was a standby then: a client that was told of the wrong one",
    "discovery": "to whom the cluster itself names",
}
_BY_DEFAULT = Load()

WRITERS: Field[int] = Field(
    name="writers",
    kind=whole(1, LANES_MAX),
    help="how many write, spread over the clients",
    example="4",
    default=_BY_DEFAULT.writers,
    written="4",
)
RATE: Field[float] = Field(
    name="rate",
    kind=rate(0.1, RATE_MAX_PER_S),
    help="of each writer, open loop: a slow answer does not slow the next call",
    example="50/s",
    default=_BY_DEFAULT.rate_per_s,
    written="50/s",
)
READERS: Field[int] = Field(
    name="readers",
    kind=whole(0, LANES_MAX),
    help="how many read, spread over the clients",
    example="2",
    default=_BY_DEFAULT.readers,
    written="2",
)
READ_RATE: Field[float] = Field(
    name="read_rate",
    kind=rate(0.1, RATE_MAX_PER_S),
    help="of each reader",
    example="50/s",
    default=_BY_DEFAULT.read_rate_per_s,
    written="50/s",
)
TIMEOUT: Field[float] = Field(
    name="timeout",
    kind=span(0.01, 60.0),
    help="after this long a client gives an operation up: its outcome is unknown",
    example="1s",
    default=_BY_DEFAULT.timeout_s,
    written="1s",
)
VIA: Field[Via] = Field(
    name="via", kind=choice(VIAS), help="which way this client goes", example="primary", required=True
)
_FIELDS = (WRITERS, RATE, READERS, READ_RATE, TIMEOUT)


def _load(node: Node) -> Load:
    words = read_fields(node, "a load", _FIELDS)
    load = Load(
        writers=words[WRITERS],
        rate_per_s=words[RATE],
        readers=words[READERS],
        read_rate_per_s=words[READ_RATE],
        timeout_s=words[TIMEOUT],
    )
    total_per_s = load.writers * load.rate_per_s + load.readers * load.read_rate_per_s
    if total_per_s > TOTAL_MAX_PER_S:
        raise node.spot.wrong(
            f"{total_per_s:g} operations a second in all are more than {TOTAL_MAX_PER_S:g}; the clients "
            "would measure themselves: write fewer writers, or a lower rate"
        )
    return load


def _clients(node: Node) -> dict[str, Via]:
    if not isinstance(node, Block):
        raise node.spot.wrong("clients are blocks by role or host, like {client/1: {via: primary}}")
    return {
        name: read_fields(entry, f"client '{shown(name)}'", (VIA,))[VIA]
        for name, entry in node.entries.items()
    }


LOAD: Kind[Load] = Kind(_load, object_schema(_FIELDS))
CLIENTS: Kind[dict[str, Via]] = Kind(
    _clients, {"type": "object", "additionalProperties": object_schema((VIA,))}
)
