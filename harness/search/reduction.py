"""One violating schedule, reduced to a drill file that shows the same again.

A schedule may violate by a hair: with other delays, of the same kind, it would not. A drill for people has
slack, so a smaller one counts only where it violates with at least as many seeds as the one before it. And
what a client notices shows in containers too: where the schedule has such a finding, each smaller one has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, structs

from harness import planner
from harness.drillfile.writing import written
from harness.model.drill import Drill, Expectation
from harness.model.errors import DrillError
from harness.model.journal import Entry
from harness.planner.offers import FAULTS_OF_WORLDS
from harness.search.crew import Field, offers_of, plan_of
from harness.search.expecting import RECOVERS_WITHIN_S
from harness.search.outcome import STUCK, Broken, Outcome, outcome
from harness.search.playing import play
from harness.search.portable import bound, freed
from harness.search.results import Folder, Result
from harness.search.schedules import Schedule, schedule
from harness.search.shrink import shrink
from harness.search.story import story

# Each seed draws other delays, and may meet another chance.
SEEDS = 3
# What clients notice needs somebody who asks often.
_LOUD_RATE_PER_S = 25.0
_CONTAINERS = "docker"
_FAULTS = FAULTS_OF_WORLDS[_CONTAINERS]
# Tries for what has been freed: little is left to be taken out.
_ROUNDS_OFF_MAX = 60


class Found(Struct, frozen=True):
    """A violation as a drill file, and the command that shows it."""

    name: str
    number: int
    file: str
    command: str


class Slack:
    """Asks of each candidate with how many seeds it violates. violates: with the drill's own seed.

    The measure only rises: what violates with all of them is never exchanged for what does so by chance.
    """

    def __init__(self, violates: Callable[[Drill], bool]) -> None:
        self._violates, self.needed = violates, 1

    def __call__(self, drill: Drill) -> Drill | None:
        """The drill with a seed that shows it, or None."""
        assert drill.seed is not None
        shown = list[Drill]()
        for tried in range(SEEDS):
            if len(shown) + SEEDS - tried < self.needed:
                return None
            candidate = structs.replace(drill, seed=drill.seed + tried)
            try:
                shown += [candidate] if self._violates(candidate) else []
            except DrillError:
                return None
        if len(shown) < self.needed:
            return None
        self.needed = len(shown)
        return shown[0]


class Reduction:
    """Of one violating schedule."""

    def __init__(self, folder: Folder, field: Field, result: Result) -> None:
        self._folder, self._field, self._result = folder, field, result
        self._name = result.outcome.name
        self._keeps = {self._name}
        self._slack = Slack(self._violates)

    def found(self) -> Found:
        asked, number = self._folder.asked, self._result.number
        drawn = schedule(offers_of(self._field, asked.defect), asked.seed, number)
        whole = structs.replace(drawn.drill, seed=drawn.seed, expect=self._expect(drawn.drill))
        small = self._told(self._for_any_world(shrink(self._noticed(whole), self._slack)))
        file = self._folder.write(f"{small.name}.yaml", written(small))
        defect = f" --defect {asked.defect}" if asked.defect else ""
        return Found(self._name, number, f"{file}", f"failover-drill run {file} --world simulator{defect}")

    def _noticed(self, whole: Drill) -> Drill:
        """With clients that ask often, if they notice something there; that is kept from then on."""
        for loud in _louder(whole):
            noticed = [broken.name for broken in self._played(loud)[1].broken if broken.is_of_a_client]
            self._keeps = {self._name, *noticed[:1]}
            begun = self._slack(loud) if noticed else None
            if begun is not None:
                return begun
        self._keeps = {self._name}
        return self._slack(whole) or whole

    def _for_any_world(self, small: Drill) -> Drill:
        """Without what only the simulator can do, where it violates as well without; then rounder times."""
        free = small
        for index in bound(small, _FAULTS):
            candidates = freed(free, index, self._played(free)[0], _FAULTS)
            free = next((found for one in candidates if (found := self._slack(one)) is not None), free)
        return free if free is small else shrink(free, self._slack, tries_max=_ROUNDS_OFF_MAX)

    def _told(self, small: Drill) -> Drill:
        """With its name and its story, and without expectations that nothing can meet or miss."""
        asked, number = self._folder.asked, self._result.number
        expect = tuple(one for one in small.expect if small.load.readers or one.measure != "stale_reads")
        small = structs.replace(small, name=f"{self._name}-{number}".replace("_", "-"), expect=expect)
        entries, seen = self._played(small)
        head = f"Schedule {number} of a search with seed {asked.seed}{self._broken_on_purpose()}"
        slack = f"It shows with {self._slack.needed} of {SEEDS} seeds. {self._elsewhere(small)}"
        return structs.replace(small, story=f"{story(entries, self._first(seen), head=head)}\n{slack}")

    def _elsewhere(self, small: Drill) -> str:
        """Whether containers would show it."""
        if self._keeps == {self._name} and not self._is_noticed:
            return "No client notices it: only who watches the machines does."
        target = self._field.target
        try:
            planner.plan(small, target, world=_CONTAINERS, seed=1, trials=1, defect=self._folder.asked.defect)
        except DrillError as error:
            return f"Not for containers: {error.problem}"
        return "Containers can play it too: --world docker."

    @property
    def _is_noticed(self) -> bool:
        """A run in containers has a finding for it."""
        broken = self._result.outcome.broken
        return self._name == STUCK or any(one.is_of_a_client for one in broken if one.name == self._name)

    def _broken_on_purpose(self) -> str:
        defect = self._folder.asked.defect
        return f", on a target with the defect {defect}" if defect else ""

    def _expect(self, drill: Drill) -> tuple[Expectation, ...]:
        """A run has no finding for a cluster that is stuck; an outage without an end it has."""
        if self._name != STUCK:
            return drill.expect
        return (*drill.expect, Expectation(measure="outage", limit=RECOVERS_WITHIN_S))

    def _violates(self, drill: Drill) -> bool:
        return self._keeps <= {broken.name for broken in self._played(drill)[1].broken}

    def _played(self, drill: Drill) -> tuple[tuple[Entry, ...], Outcome]:
        assert drill.seed is not None
        drawn = Schedule(self._result.number, drill, drill.seed)
        plan = plan_of(self._field, drawn, self._folder.asked.defect)
        simulated = self._field.simulated()
        entries = play(plan, simulated)
        return entries, outcome(plan, entries, nobody_can=simulated.nobody_can_reign())

    def _first(self, seen: Outcome) -> Sequence[Broken]:
        """What it is reduced to comes first."""
        return tuple(sorted(seen.broken, key=lambda broken: broken.name != self._name))


def _louder(whole: Drill) -> Iterator[Drill]:
    """With many operations; then with a client, too, that stays with a primary whatever becomes of it."""
    load = structs.replace(
        whole.load,
        rate_per_s=_LOUD_RATE_PER_S,
        readers=max(1, whole.load.readers),
        read_rate_per_s=_LOUD_RATE_PER_S,
    )
    yield structs.replace(whole, load=load)
    if not whole.clients:
        two = structs.replace(load, readers=max(2, load.readers))
        yield structs.replace(whole, load=two, clients={"client/2": "primary"})
