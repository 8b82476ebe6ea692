"""The words for detection in a person's settings block, and their schema. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.model.drill import Json
from harness.model.errors import DrillError
from targets.reference.detection import LAYERS, WAYS
from targets.reference.words import DURATION, Reader, count, nearest, number, one_of, positive, read

THRESHOLD_MAX = 100
WINDOW_MAX = 10_000
IGNORED = "ignored"
_KINDS = ("threshold", "phi")
_OF_PHI, _OF_MISSES = {"phi", "window", "min_std_s", "cap_s"}, {"threshold"}


def detector(field: str, written: Json) -> object:
    """`threshold` counts misses, or is φ where the kind is phi."""
    if not isinstance(written, Mapping):
        raise DrillError("write a block: {interval: 100ms, timeout: 100ms, threshold: 3}", field=field)
    phi = written.get("kind") == "phi"
    known: dict[str, tuple[str, Reader]] = {
        "kind": ("kind", one_of(dict.fromkeys(_KINDS), "kind of detector")),
        "interval": ("interval_s", positive),
        "timeout": ("timeout_s", positive),
        "threshold": ("phi", number("φ, for instance 8"))
        if phi
        else ("threshold", count("misses", low=1, high=THRESHOLD_MAX)),
    }
    adaptive: dict[str, tuple[str, Reader]] = {
        "window": ("window", count("arrivals", low=2, high=WINDOW_MAX)),
        "min_std": ("min_std_s", positive),
        "cap": ("cap_s", positive),
    }
    astray = next((word for word in adaptive if word in written and not phi), None)
    if astray:
        raise DrillError(
            f"'{astray}' is of a detector of kind phi; write kind: phi", field=f"{field}.{astray}"
        )
    return read(field, written, known | (adaptive if phi else {}))


def heartbeats(field: str, written: Json) -> object:
    """One way, or a list of them."""
    asked = written if isinstance(written, list) else [written]
    reader = one_of(dict.fromkeys(WAYS), "way of heartbeats")
    ways = {reader(field, way) for way in asked}
    if not ways:
        raise DrillError(f"nothing would detect; write {', '.join(WAYS)}, or a list of them", field=field)
    return [way for way in WAYS if way in ways]


def health(field: str, written: Json) -> object:
    """Layer -> the misses that make it suspect, or `ignored`."""
    if not isinstance(written, Mapping):
        raise DrillError("write a block: {business: 5} or {business: ignored}", field=field)
    return read(field, written, {layer: (layer, _misses) for layer in LAYERS})


def _misses(field: str, written: Json) -> int | None:
    if written == IGNORED:
        return None
    if isinstance(written, str):
        raise DrillError(f"unknown word '{written}'; {nearest(written, {IGNORED: None})}", field=field)
    reader = count(f"misses, or '{IGNORED}'", low=1, high=THRESHOLD_MAX)
    return reader(field, written)  # type: ignore[return-value]  # a Reader gives any object; this one gives int


def said(values: dict[str, Json]) -> dict[str, Json]:
    """Plain settings, without the other kind's words and without layers that do as the detector says."""
    detector, health = values["detector"], values["health"]
    assert isinstance(detector, dict) and isinstance(health, dict)
    idle = _OF_PHI if detector["kind"] == "threshold" else _OF_MISSES
    kept: dict[str, Json] = {
        "detector": {word: value for word, value in detector.items() if word not in idle},
        "health": {layer: misses for layer, misses in health.items() if misses != 0},
    }
    return {word: kept.get(word, value) for word, value in values.items() if kept.get(word, value) != {}}


def schema() -> dict[str, Any]:
    """JSON Schema of `detector`, `heartbeats`, `health` and `canary`."""
    misses = {"type": "integer", "minimum": 1, "maximum": THRESHOLD_MAX}
    way = {"enum": [*WAYS]}
    return {
        "detector": _detector_schema(),
        "heartbeats": {
            "anyOf": [way, {"type": "array", "items": way, "minItems": 1}],
            "description": "What detects; leases are renewed by the primary's heartbeats in any case.",
        },
        "health": {
            "type": "object",
            "additionalProperties": False,
            "description": "Misses after which a layer makes a witness suspect; default: the detector's.",
            "properties": {layer: {"anyOf": [misses, {"const": IGNORED}]} for layer in LAYERS},
        },
        "canary": {**DURATION, "description": "The primary writes and reads a canary when idle for so long."},
    }


def _detector_schema() -> dict[str, Any]:
    block = {"type": "object", "additionalProperties": False}
    times = {
        "interval": {**DURATION, "description": "Time between two heartbeats, or two probes."},
        "timeout": {**DURATION, "description": "Grace after the last missed one."},
    }
    misses = {
        **times,
        "kind": {"const": "threshold"},
        "threshold": {"type": "integer", "minimum": 1, "maximum": THRESHOLD_MAX},
    }
    phi = {
        **times,
        "kind": {"const": "phi"},
        "threshold": {"type": "number", "exclusiveMinimum": 0, "description": "φ; 8 is usual."},
        "window": {"type": "integer", "minimum": 2, "maximum": WINDOW_MAX},
        "min_std": {**DURATION, "description": "The least standard deviation that is believed."},
        "cap": {**DURATION, "description": "Silent after so long, whatever was usual."},
    }
    return {
        "description": "After `threshold` missed heartbeats and `timeout` more, or by φ; then a vote.",
        "anyOf": [{**block, "properties": misses}, {**block, "properties": phi, "required": ["kind"]}],
    }
