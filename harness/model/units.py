"""Durations and rates as a person writes them: every number carries its unit."""

from __future__ import annotations

import re

UNITS_S = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-zµ]*)")
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:/\s*([A-Za-z]*))?")
_RATE_UNITS_S = {"s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: object) -> float:
    """`100ms` -> 0.1. Raises ValueError that names the fix; never a negative number."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        raise ValueError(f"{text:g} has no unit; write {text:g}s or {text:g}ms")
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{_shown(text)} is not a duration; write it like 100ms, 1.5s or 2m")
    number, unit = match.groups()
    if not unit:
        raise ValueError(f"{number} has no unit; write {number}s or {number}ms")
    if unit not in UNITS_S:
        raise ValueError(f"unknown unit '{unit}' in {_shown(text)}; use one of {', '.join(UNITS_S)}")
    return float(number) * UNITS_S[unit]


def rate_per_s(text: object) -> float:
    """`50/s` -> 50.0. Raises ValueError that names the fix."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        raise ValueError(f"{text:g} has no unit; write {text:g}/s")
    match = _RATE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{_shown(text)} is not a rate; write it like 50/s")
    number, unit = match.groups()
    if not unit:
        raise ValueError(f"{number} has no unit; write {number}/s")
    if unit not in _RATE_UNITS_S:
        raise ValueError(f"unknown unit '/{unit}' in {_shown(text)}; use one of /s, /m, /h")
    return float(number) / _RATE_UNITS_S[unit]


def duration(value_s: float) -> str:
    """Seconds as a person would write them, in the largest unit that leaves no fraction: 0.1 -> `100ms`."""
    for unit, size_s in reversed(UNITS_S.items()):
        if value_s >= size_s and round(value_s / size_s, 6).is_integer():
            return f"{round(value_s / size_s)}{unit}"
    return f"{value_s * 1e6:g}us" if 0 < value_s < 1e-3 else f"{value_s:g}s"


def _shown(text: object) -> str:
    return f"'{text}'" if isinstance(text, str) else type(text).__name__
