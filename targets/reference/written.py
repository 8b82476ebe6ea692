"""A person's settings block <-> Settings. Pure. A word that is not understood is an error with its fix."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from harness.model.drill import Json
from harness.model.errors import DrillError
from harness.model.units import duration, seconds
from targets.reference.settings import Settings

_REPLICATIONS = ("sync", "async")
_THRESHOLD_MAX = 100
NODES_MIN, NODES_MAX = 2, 5
_DURATION = {
    "type": "string",
    "pattern": r"^\s*\d+(\.\d+)?\s*(us|ms|s|m|h)\s*$",
    "examples": ["100ms"],
}


def settings_of(written: Mapping[str, Json]) -> Settings:
    """Raises DrillError, its field relative to the block."""
    known: dict[str, tuple[str, Callable[[str, Json], object]]] = {
        "replication": ("replication", _replication),
        "detector": ("detector", _detector),
        "lease": ("lease_s", _positive),
        "clock_margin": ("clock_margin_s", _positive),
        "vote": ("vote_s", _positive),
        "nodes": ("nodes", _nodes),
    }
    settings = msgspec.convert(_read("", written, known), Settings)
    _check_lease(settings)
    return msgspec.structs.replace(settings, lease_s=settings.granted_lease_s)


def settings_from(plain: Mapping[str, Json]) -> Settings:
    """From what `plain` made: a plan's settings. Raises DrillError when they are from elsewhere."""
    try:
        return msgspec.convert(plain, Settings)
    except msgspec.ValidationError as error:
        raise DrillError(f"{error}; these are not settings of the reference target") from error


def plain(settings: Settings) -> dict[str, Json]:
    """What JSON carries: to a plan, and to the machines."""
    return cast(dict[str, Json], msgspec.json.decode(msgspec.json.encode(settings)))


def schema() -> dict[str, Json]:
    """JSON Schema of the block as a person writes it."""
    detector = {
        "type": "object",
        "additionalProperties": False,
        "description": "Push detection: `threshold` missed heartbeats, `timeout` more, then a vote.",
        "properties": {
            "interval": {**_DURATION, "description": "Time between two heartbeats."},
            "timeout": {**_DURATION, "description": "Grace after the last missed one."},
            "threshold": {"type": "integer", "minimum": 1, "maximum": _THRESHOLD_MAX},
        },
    }
    properties = {
        "replication": {"enum": [*_REPLICATIONS], "description": "sync loses nothing; async does not wait."},
        "detector": detector,
        "lease": {**_DURATION, "description": "What a witness grants; default: the detector's silence."},
        "clock_margin": {**_DURATION, "description": "D: what a holder subtracts from its lease."},
        "vote": {**_DURATION, "description": "The stated time of a vote; part of the detection bound."},
        "nodes": {
            "type": "integer",
            "minimum": NODES_MIN,
            "maximum": NODES_MAX,
            "description": "How many data nodes there are, the primary included.",
        },
    }
    return cast(dict[str, Json], {"type": "object", "additionalProperties": False, "properties": properties})


def _detector(field: str, written: Json) -> object:
    if not isinstance(written, Mapping):
        raise DrillError("write a block: {interval: 100ms, timeout: 100ms, threshold: 3}", field=field)
    known: dict[str, tuple[str, Callable[[str, Json], object]]] = {
        "interval": ("interval_s", _positive),
        "timeout": ("timeout_s", _positive),
        "threshold": ("threshold", _threshold),
    }
    return _read(field, written, known)


def _read(
    block: str, written: Mapping[str, Json], known: Mapping[str, tuple[str, Callable[[str, Json], object]]]
) -> dict[str, Any]:
    """Each word by its own reader; an unknown word names the nearest right one."""
    values: dict[str, Any] = {}
    for word, value in written.items():
        field = f"{block}.{word}" if block else f"{word}"
        if word not in known:
            raise DrillError(f"unknown setting '{word}'; {_nearest(word, known)}", field=field)
        name, reader = known[word]
        values[name] = reader(field, value)
    return values


def _nearest(word: object, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(f"{word}", known, n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"


def _replication(field: str, written: Json) -> str:
    if isinstance(written, str) and written in _REPLICATIONS:
        return written
    near = _nearest(written, dict.fromkeys(_REPLICATIONS))
    raise DrillError(f"unknown replication '{written}'; {near}", field=field)


def _positive(field: str, written: Json) -> float:
    try:
        value_s = seconds(written)
    except ValueError as error:
        raise DrillError(f"{error}", field=field) from error
    if value_s <= 0:
        raise DrillError(f"'{written}' must be more than nothing; write for instance 100ms", field=field)
    return value_s


def _threshold(field: str, written: Json) -> int:
    if isinstance(written, int) and not isinstance(written, bool) and 1 <= written <= _THRESHOLD_MAX:
        return written
    raise DrillError(f"'{written}' is no number of misses; write 1 to {_THRESHOLD_MAX}", field=field)


def _nodes(field: str, written: Json) -> list[str]:
    if isinstance(written, int) and not isinstance(written, bool) and NODES_MIN <= written <= NODES_MAX:
        return [f"n{number}" for number in range(1, written + 1)]
    raise DrillError(
        f"'{written}' is no number of data nodes; write {NODES_MIN} to {NODES_MAX}, the primary included",
        field=field,
    )


def _check_lease(settings: Settings) -> None:
    """A lease must outlast the time between two renewals, or a healthy primary fences itself."""
    field = "lease" if settings.lease_s else "clock_margin"
    held_s, interval_s = settings.held_lease_s, settings.detector.interval_s
    if held_s <= interval_s:
        granted, needed_s = duration(settings.granted_lease_s), (interval_s + settings.clock_margin_s) * 1.01
        raise DrillError(
            f"a lease of {granted} leaves its holder {max(0.0, held_s) * 1000:.3g} ms, no more than one "
            f"heartbeat interval ({duration(interval_s)}); grant more than {needed_s * 1000:.0f}ms, "
            "or beat more often",
            field=field,
        )
