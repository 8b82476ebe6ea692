"""A whole search: schedules played in order into its folder, and violating ones reduced to drill files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from msgspec import Struct

from harness.search.coverage import Coverage, merged
from harness.search.crew import FieldOf, crew
from harness.search.reduction import Found, Reduction
from harness.search.results import Folder, Result

# Of each name that was broken one schedule is reduced, of so many names at most.
_REDUCED_MAX = 5


class Summary(Struct, frozen=True):
    """of: the search's schedules. violations: in order."""

    of: int
    sound: int
    uncounted: dict[str, int]
    violations: tuple[Result, ...]
    virtual_s: float
    coverage: Coverage

    @property
    def played(self) -> int:
        return self.sound + sum(self.uncounted.values()) + len(self.violations)


def hunt(folder: Folder, field_of: FieldOf, *, workers: int) -> Iterator[Result]:
    """Every result, those of before first; up to the first violation, or all of them."""
    asked = folder.asked
    for result in folder.before:
        yield result
        if _ends(result, all_=asked.all):
            return
    with closing(crew(asked, field_of, begin=len(folder.before), workers=workers)) as results:
        for result in results:
            folder.keep(result)
            yield result
            if _ends(result, all_=asked.all):
                return


def summary(of: int, results: Sequence[Result]) -> Summary:
    uncounted: dict[str, int] = {}
    for result in results:
        if result.outcome.kind == "uncounted":
            why = result.outcome.why.partition(":")[0]
            uncounted[why] = uncounted.get(why, 0) + 1
    return Summary(
        of=of,
        sound=sum(result.outcome.kind == "sound" for result in results),
        uncounted=uncounted,
        violations=tuple(result for result in results if result.outcome.kind == "violation"),
        virtual_s=sum(result.outcome.virtual_s for result in results),
        coverage=merged(result.coverage for result in results),
    )


def reduced(folder: Folder, field_of: FieldOf, violations: Sequence[Result]) -> Iterator[Found]:
    """One of each name, as a file in the search's folder."""
    for result in one_of_each(violations)[:_REDUCED_MAX]:
        yield Reduction(folder, field_of(folder.asked.target), result).found()


def one_of_each(violations: Sequence[Result]) -> list[Result]:
    """Of each name the first that a client notices, which any world would show; else the first."""
    names: dict[str, Result] = {}
    for result in violations:
        known = names.setdefault(result.outcome.name, result)
        if result.outcome.is_noticed and not known.outcome.is_noticed:
            names[result.outcome.name] = result
    return [*names.values()]


def _ends(result: Result, *, all_: bool) -> bool:
    return result.outcome.kind == "violation" and not all_
