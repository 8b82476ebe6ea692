"""The verb `order`: what a person may tell a cluster to do, beside the planned move."""

from __future__ import annotations

from collections.abc import Mapping

from harness.drillfile.fields import AT
from harness.drillfile.moments import ON, ON_WITHIN
from harness.drillfile.verb import Verb, trigger
from harness.drillfile.words import WORD, Field, Words, choice, nested
from harness.model.drill import Action, ControlStep, Step

ORDERS: Mapping[Action, str] = {
    "promote": "this node is to be primary in place of the present one, as after a failover",
    "force": "the same, whatever it lacks: what nobody else holds is given up",
    "rejoin": "this node looks again whom it has to follow",
    "power off": "its power switch, by the fence device; it stays off",
    "power on": "its power switch again",
    "maintenance on": "nobody fails over by himself any more; asked of this witness",
    "maintenance off": "as before; asked of this witness",
}

_DO: Field[Action] = Field(
    name="do", kind=choice(ORDERS), help="what is ordered", example="promote", required=True
)
_TO: Field[str] = Field(
    name="to",
    kind=WORD,
    help="to whom: a role or a data node; for maintenance a witness",
    example="standby",
    required=True,
)
_ORDER: Field[Words] = Field(
    name="order",
    kind=nested("an order", (_DO, _TO)),
    help="a block: do, to",
    example="{do: promote, to: standby}",
    required=True,
)


def _order(words: Words) -> Step:
    inner = words[_ORDER]
    return ControlStep(action=inner[_DO], to=inner[_TO], at=words[AT], on=trigger(words))


ORDER = Verb(
    head=_ORDER,
    fields=(AT, ON, ON_WITHIN),
    build=_order,
    summary="tell the target to do what only a person may decide",
    does="It is carried out or refused, and the journal says which. Nothing takes it back by itself: who "
    "orders maintenance, or a node off, orders its end as well.",
    example="- order: {do: promote, to: standby}\n  at: 1s..2s",
)
