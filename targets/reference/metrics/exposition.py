"""Families of samples as the Prometheus text form, version 0.0.4. Ignores what they mean."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Sample(Struct, frozen=True):
    """suffix: of a histogram's parts."""

    value: float
    labels: Mapping[str, str] = {}
    suffix: str = ""


class Family(Struct, frozen=True):
    """A counter's name ends in _total."""

    name: str
    kind: Literal["gauge", "counter", "histogram"]
    help: str
    samples: tuple[Sample, ...]


def gauge(name: str, help: str, value: float, **labels: str) -> Family:
    return Family(name, "gauge", help, (Sample(value, labels),))


def counter(name: str, help: str, label: str, counts: Mapping[str, float]) -> Family:
    """One sample for each value of the label."""
    samples = tuple(Sample(count, {label: value}) for value, count in sorted(counts.items()))
    return Family(name, "counter", help, samples)


class Histogram:
    """bounds: upper ends, ascending. One thread observes, another may read: a count may lag by one."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds, self._counts, self._sum = bounds, [0] * (len(bounds) + 1), 0.0

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def family(self, name: str, help: str) -> Family:
        samples, total = list[Sample](), 0
        for bound, count in zip((*self._bounds, float("inf")), self._counts, strict=True):
            total += count
            samples.append(Sample(total, {"le": _number(bound)}, "_bucket"))
        samples += [Sample(self._sum, {}, "_sum"), Sample(total, {}, "_count")]
        return Family(name, "histogram", help, tuple(samples))


def text(families: Iterable[Family]) -> str:
    return "".join(line + "\n" for family in families for line in _lines(family))


def _lines(family: Family) -> Iterable[str]:
    if not family.samples:
        return
    help = family.help.replace("\\", "\\\\").replace("\n", "\\n")
    yield f"# HELP {family.name} {help}"
    yield f"# TYPE {family.name} {family.kind}"
    for sample in family.samples:
        yield f"{family.name}{sample.suffix}{_labels(sample.labels)} {_number(sample.value)}"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    return f"{value:d}" if isinstance(value, int) else repr(value)
