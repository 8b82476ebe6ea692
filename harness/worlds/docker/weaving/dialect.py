"""The compose file in its canonical form (`docker compose config`): typed looks into it. Pure."""

from __future__ import annotations

from harness.model.drill import Json

Table = dict[str, Json]


def table(value: Json) -> Table:
    """A mapping; empty for what is none."""
    return value if isinstance(value, dict) else {}


def rows(value: Json) -> list[Json]:
    """A list; empty for what is none."""
    return value if isinstance(value, list) else []


def text(value: Json) -> str:
    """A scalar as text; empty for none."""
    return "" if value is None or isinstance(value, dict | list) else str(value)


def tables(value: Json) -> dict[str, Table]:
    """A mapping of mappings, as `services` is."""
    return {name: table(inner) for name, inner in table(value).items()}


def addresses(value: Json) -> dict[str, str]:
    """`extra_hosts`, of which the versions of Compose write `name=address`, `name:address` or a mapping."""
    if isinstance(value, dict):
        return {name: text(address) for name, address in value.items()}
    found = {}
    for row in map(text, rows(value)):
        name, _, address = row.partition("=") if "=" in row else row.partition(":")
        found[name] = address
    return found


def literal(value: str) -> str:
    """As it must be written, so that Compose reads it back as it is."""
    return value.replace("$", "$$")
