"""JSON Schema of a drill file, for completion in editors. What it cannot say is left to the reader.

It cannot say that a fault ends after it began, or that a role exists: those the reader and the planner tell.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.drillfile.drill import FIELDS
from harness.drillfile.words import object_schema
from harness.model.drill import Json

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(settings: Mapping[str, Mapping[str, Json]]) -> dict[str, Json]:
    """settings: the JSON Schema of each target's settings block, by target."""
    words = object_schema(FIELDS)
    properties = words["properties"]
    assert isinstance(properties, dict)
    blocks = properties["settings"]
    assert isinstance(blocks, dict)
    by_target: dict[str, Json] = {name: dict(block) for name, block in settings.items()}
    return {
        "$schema": DIALECT,
        "title": "A drill of failover-drill",
        **words,
        "properties": {**properties, "settings": {**blocks, "properties": by_target}},
    }
