"""What an answer of a user's own system holds: a field of JSON, or lines of text. Pure."""

from __future__ import annotations

import json
from typing import Any


def shown_field(text: str, field: str) -> str:
    """A (dotted) field as text; without a field all of the text. Raises ValueError for what is no JSON."""
    if not field:
        return text.strip()
    value = _within(text, field)
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def listed(text: str, field: str) -> list[str]:
    """Values, one a line; with a field, or where it is JSON, the strings of a list."""
    if field or text.lstrip().startswith("["):
        value = _within(text, field)
        if not isinstance(value, list):
            raise ValueError(f"{f'the field {field}' if field else 'the answer'} is no list of values")
        return [one if isinstance(one, str) else json.dumps(one) for one in value]
    return [line.strip() for line in text.splitlines() if line.strip()]


def _within(text: str, field: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON where the field '{field}' is looked for: {text[:60]!r}") from error
    for part in field.split(".") if field else []:
        value = value.get(part) if isinstance(value, dict) else None
    return value
