"""Reads a person's settings: each word by its own reader, each mistake with its field and its fix. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from harness.model.drill import Json
from harness.model.errors import DrillError
from harness.model.units import seconds

Reader = Callable[[str, Json], object]
DURATION = {
    "type": "string",
    "pattern": r"^\s*\d+(\.\d+)?\s*(us|ms|s|m|h)\s*$",
    "examples": ["100ms"],
}


def read(block: str, written: Mapping[str, Json], known: Mapping[str, tuple[str, Reader]]) -> dict[str, Any]:
    """known: word -> name in the result, and its reader. Raises DrillError, its field below `block`."""
    values: dict[str, Any] = {}
    for word, value in written.items():
        field = f"{block}.{word}" if block else f"{word}"
        if word not in known:
            raise DrillError(f"unknown setting '{word}'; {nearest(word, known)}", field=field)
        name, reader = known[word]
        values[name] = reader(field, value)
    return values


def nearest(word: object, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(f"{word}", known, n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"


def positive(field: str, written: Json) -> float:
    """A duration in seconds, more than nothing."""
    try:
        value_s = seconds(written)
    except ValueError as error:
        raise DrillError(f"{error}", field=field) from error
    if value_s <= 0:
        raise DrillError(f"'{written}' must be more than nothing; write for instance 100ms", field=field)
    return value_s


def one_of(words: Mapping[str, object], what: str) -> Reader:
    def reader(field: str, written: Json) -> str:
        if isinstance(written, str) and written in words:
            return written
        raise DrillError(f"unknown {what} '{written}'; {nearest(written, words)}", field=field)

    return reader


def count(what: str, *, low: int, high: int) -> Reader:
    def reader(field: str, written: Json) -> int:
        if isinstance(written, int) and not isinstance(written, bool) and low <= written <= high:
            return written
        raise DrillError(f"'{written}' is no number of {what}; write {low} to {high}", field=field)

    return reader


def number(what: str) -> Reader:
    """A plain number, whose limits are judged with all settings together."""

    def reader(field: str, written: Json) -> float:
        if isinstance(written, int | float) and not isinstance(written, bool):
            return float(written)
        raise DrillError(f"'{written}' is no number; write {what}", field=field)

    return reader
