"""Schedules played on all cores, their results in order. Each worker is a process of its own, begun anew.

What comes out does not depend on how many there are: a schedule is drawn from (seed, number) alone.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor

from msgspec import Struct

from harness import planner
from harness.model.errors import DrillError
from harness.model.plan import Plan
from harness.planner.offers import FAULTS_OF_WORLDS
from harness.seams import Searched, Target
from harness.search.coverage import Coverage, hits
from harness.search.outcome import Outcome, outcome
from harness.search.playing import play
from harness.search.results import Asked, Result
from harness.search.schedules import Offers, Schedule, schedule
from harness.search.steps import Offered

WORLD = "simulator"
_CHUNK = 4
# Edges are noted in the first schedules, and in a sample of the rest.
_EDGES_OF_THE_FIRST, _EDGES_EACH = 400, 4
_AHEAD = 4  # chunks for each worker


class Field(Struct, frozen=True):
    """What is searched: the target, and how it is made for one run in virtual time."""

    target: Target
    simulated: Callable[[], Searched]


# By a target's name; a module's own function, so that a new process finds it again.
FieldOf = Callable[[str], Field]


def offers_of(field: Field, defect: str = "") -> Offers:
    """Of a broken target only the stacks are drawn in which that can show."""
    target, simulated = field.target, field.simulated()
    needs = target.proofs()[defect].needs if defect in target.proofs() else {}
    return Offers(
        target=target.name,
        offered=Offered(
            faults=target.faults() & FAULTS_OF_WORLDS[WORLD],
            controls=target.controls(),
            calm=simulated.moments(failing=False),
            failing=simulated.moments(failing=True),
        ),
        settings=lambda draw: simulated.variation(draw, needs),
        hosts=lambda written: target.hosts(target.settings(written)),
        promises_all=lambda written: target.promises(target.settings(written)).reads_are_linearizable,
    )


def plan_of(field: Field, drawn: Schedule, defect: str) -> Plan:
    """Raises DrillError when nobody could play it."""
    return planner.plan(drawn.drill, field.target, world=WORLD, seed=drawn.seed, trials=1, defect=defect)


def played(field: Field, drawn: Schedule, defect: str) -> Result:
    """Plan it, play it, judge it."""
    try:
        plan = plan_of(field, drawn, defect)
    except DrillError as error:
        nothing = Outcome(kind="uncounted", why=f"it cannot be planned: {error.problem}")
        return Result(number=drawn.number, seed=drawn.seed, outcome=nothing, coverage=Coverage())
    simulated = field.simulated()
    if drawn.number < _EDGES_OF_THE_FIRST or drawn.number % _EDGES_EACH == 0:
        simulated.note_edges()
    entries = play(plan, simulated)
    return Result(
        number=drawn.number,
        seed=drawn.seed,
        outcome=outcome(plan, entries, nobody_can=simulated.nobody_can_reign()),
        coverage=Coverage(hits(plan, entries, simulated.during), dict(simulated.edges())),
    )


def crew(asked: Asked, field_of: FieldOf, *, begin: int, workers: int) -> Generator[Result, None, None]:
    """From number `begin` on, in order. Closing it ends the workers."""
    if workers == 1:
        yield from _chunk(asked, field_of(asked.target), begin, asked.schedules)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_deaf)
    try:
        ahead: deque[Future[list[Result]]] = deque()
        starts = iter(range(begin, asked.schedules, _CHUNK))
        for _ in range(workers * _AHEAD):
            _submit(pool, ahead, asked, field_of, starts)
        while ahead:
            yield from ahead.popleft().result()
            _submit(pool, ahead, asked, field_of, starts)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    return len(os.sched_getaffinity(0))


def _submit(
    pool: ProcessPoolExecutor,
    ahead: deque[Future[list[Result]]],
    asked: Asked,
    field_of: FieldOf,
    starts: Iterator[int],
) -> None:
    start = next(starts, None)
    if start is not None:
        end = min(start + _CHUNK, asked.schedules)
        ahead.append(pool.submit(_chunk_of, asked, field_of, start, end))


def _chunk_of(asked: Asked, field_of: FieldOf, begin: int, end: int) -> list[Result]:
    field, results = field_of(asked.target), list[Result]()
    _collect_by_hand()
    for result in _chunk(asked, field, begin, end):
        results.append(result)
        gc.collect()
    return results


def _collect_by_hand() -> None:
    """Of a worker. A schedule leaves a world of objects that hold each other: what looks for such while it
    plays finds nothing, so it is looked for once, after it, and never among what all schedules share.
    """
    if gc.isenabled():
        gc.disable()
        gc.collect()
        gc.freeze()


def _chunk(asked: Asked, field: Field, begin: int, end: int) -> Iterator[Result]:
    offers = offers_of(field, asked.defect)
    for number in range(begin, end):
        yield played(field, schedule(offers, asked.seed, number), asked.defect)


def _deaf() -> None:
    """Ctrl-C reaches the whole group of processes; only the first of them ends the search."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
