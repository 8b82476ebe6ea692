"""What a trial may have measured, for the tests of what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from harness.checkers.measured import Measured, unmeasured
from harness.model.drill import Measure
from harness.model.verdict import Figure
from tests.checkers.journals import look

_NOTHING = unmeasured(look())
_ZERO = Figure(value=0.0, low=0.0, high=0.0)


def measured(
    number: int = 1,
    *,
    void: str = "",
    noise: str = "",
    unknown: Mapping[Measure, str] = {},
    evidence: Mapping[Measure, tuple[str, ...]] = {},
    proven: frozenset[Measure] = frozenset(),
    served_late: bool = False,
    rpo: Figure = _ZERO,
    unplayed: str = "",
    stalled_s: float = 0.0,
    faults_missing: tuple[str, ...] = (),
    **numbers: Any,
) -> Measured:
    """A trial that went well, but for what is named. noise alone makes it void, as missing faults do."""
    why = void or "".join(faults_missing[:1]) or noise
    if rpo.value:
        numbers.setdefault("rpo_s", rpo.value)
    return Measured(
        numbers=structs.replace(_NOTHING.numbers, trial=number, void=why, **numbers),
        unknown=unknown,
        evidence=evidence,
        proven=proven,
        served_late=served_late,
        rpo=rpo,
        faults_missing=faults_missing,
        noise=noise,
        crashed=(),
        unplayed=unplayed,
        stalled_s=stalled_s,
    )


def figure(value: float, error: float = 0.0) -> Figure:
    return Figure(value=value, low=value - error, high=value + error)
