"""A whole search: schedules played in order into its folder, and violating ones reduced to drill files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from msgspec import Struct, structs

from harness.drillfile.writing import written
from harness.model.drill import Drill, Expectation
from harness.model.errors import DrillError
from harness.model.journal import Entry
from harness.search.coverage import Coverage, merged
from harness.search.crew import Field, FieldOf, crew, offers_of, plan_of
from harness.search.expecting import RECOVERS_WITHIN_S
from harness.search.outcome import STUCK, Broken, Outcome, outcome
from harness.search.playing import play
from harness.search.results import Folder, Result
from harness.search.schedules import Schedule, schedule
from harness.search.shrink import shrink
from harness.search.story import story

# Of each name that was broken one schedule is reduced, of so many names at most.
_REDUCED_MAX = 5
# The same faults meet another chance: what is small may need another seed to show.
_OTHER_SEEDS = 2


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


class Found(Struct, frozen=True):
    """A violation as a drill file, and the command that shows it."""

    name: str
    number: int
    file: str
    command: str


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
    """The first of each name, as a file in the search's folder."""
    names: dict[str, Result] = {}
    for result in violations:
        names.setdefault(result.outcome.name, result)
    for result in [*names.values()][:_REDUCED_MAX]:
        yield _Reduction(folder, field_of(folder.asked.target), result).found()


def _ends(result: Result, *, all_: bool) -> bool:
    return result.outcome.kind == "violation" and not all_


class _Reduction:
    """Of one violating schedule."""

    def __init__(self, folder: Folder, field: Field, result: Result) -> None:
        self._folder, self._field, self._result = folder, field, result
        self._name = result.outcome.name

    def found(self) -> Found:
        asked, number = self._folder.asked, self._result.number
        drawn = schedule(offers_of(self._field, asked.defect), asked.seed, number)
        whole = structs.replace(drawn.drill, seed=drawn.seed, expect=self._expect(drawn.drill))
        small = shrink(whole, self._violates)
        name, readers = f"{self._name}-{number}".replace("_", "-"), small.load.readers
        expect = tuple(one for one in small.expect if readers or one.measure != "stale_reads")
        small = structs.replace(small, name=name, expect=expect)
        entries, seen = self._played(small)
        head = f"Schedule {number} of a search with seed {asked.seed}" + self._broken_on_purpose()
        small = structs.replace(small, story=story(entries, self._first(seen), head=head))
        file = self._folder.write(f"{small.name}.yaml", written(small))
        defect = f" --defect {asked.defect}" if asked.defect else ""
        return Found(self._name, number, f"{file}", f"failover-drill run {file} --world simulator{defect}")

    def _broken_on_purpose(self) -> str:
        defect = self._folder.asked.defect
        return f", on a target with the defect {defect}" if defect else ""

    def _expect(self, drill: Drill) -> tuple[Expectation, ...]:
        """A run has no finding for a cluster that is stuck; an outage without an end it has."""
        if self._name != STUCK:
            return drill.expect
        return (*drill.expect, Expectation(measure="outage", limit=RECOVERS_WITHIN_S))

    def _violates(self, drill: Drill) -> Drill | None:
        assert drill.seed is not None
        for seed in range(drill.seed, drill.seed + _OTHER_SEEDS):
            candidate = structs.replace(drill, seed=seed)
            try:
                _, seen = self._played(candidate)
            except DrillError:
                return None
            if any(broken.name == self._name for broken in seen.broken):
                return candidate
        return None

    def _played(self, drill: Drill) -> tuple[tuple[Entry, ...], Outcome]:
        assert drill.seed is not None
        drawn = Schedule(self._result.number, drill, drill.seed)
        plan = plan_of(self._field, drawn, self._folder.asked.defect)
        simulated = self._field.simulated()
        entries = play(plan, simulated)
        return entries, outcome(plan, entries, nobody_can=simulated.nobody_can_reign())

    def _first(self, seen: Outcome) -> tuple[Broken, ...]:
        """What it is reduced to comes first."""
        return tuple(sorted(seen.broken, key=lambda broken: broken.name != self._name))
