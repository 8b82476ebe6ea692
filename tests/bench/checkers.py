"""Each checker on a whole run, against plain decoding of the run's journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import msgspec

from harness.checkers import durability, failovers, linearizability, outage, splitbrain, stalereads
from harness.checkers.history import History, Trial, history
from harness.checkers.linear.clusters import by_key
from harness.journalfile import Journal, no_collection
from harness.model.event import Returned
from harness.model.plan import Plan
from tests.bench.journal import decoded
from tests.bench.measuring import Row, Scale, timed
from tests.bench.runs import a_big_run, judged_by


def measure(scale: Scale) -> list[Row]:
    size = max(scale.sizes)
    journal, plan = a_big_run(size), judged_by(size)
    data = b"{}\n" + b"".join(msgspec.json.encode(entry) + b"\n" for entry in journal.entries)
    plain_s, _ = timed(lambda: decoded(data), repeats=scale.repeats)
    rows = []
    for what, work in _checks(plan, journal):
        seconds, _ = timed(_quietly(work), repeats=scale.repeats)
        rows.append(
            Row(
                section="checkers",
                what=f"{what} {size:,}",
                count=size,
                unit="operations",
                seconds=seconds,
                ratio=seconds / plain_s if plain_s else None,
                ratio_to="decoding",
            )
        )
    return rows


def _checks(plan: Plan, journal: Journal) -> Iterator[tuple[str, Callable[[], object]]]:
    seen = history(plan, journal.entries)
    yield "sort into trials", lambda: history(plan, journal.entries)
    yield "sort into keys", lambda: by_key(_all(seen, "writes"), _all(seen, "reads"))
    keys = by_key(_all(seen, "writes"), _all(seen, "reads"))
    yield "stale reads", lambda: stalereads.check(keys)
    yield "linearizability", lambda: linearizability.check(keys, written=(), all_told=True, gaps=False)
    first = splitbrain.firsts(seen.trials)
    yield "split brain", lambda: _each(seen, lambda trial: splitbrain.check(trial, seen.roles, first))
    attempted = {write.value: write.trial for write in _all(seen, "writes")}
    yield "durability", lambda: _each(seen, lambda trial: durability.check(trial, attempted))
    yield "outage", lambda: _each(seen, lambda trial: _outage(plan, trial))
    yield "failovers", lambda: failovers.check(plan, seen)


def _outage(plan: Plan, trial: Trial) -> object:
    return outage.check(trial.writes, trial.acts, plan.clients, bound_s=0.5, timeout_s=1.0)


def _all(seen: History, kind: str) -> chain[Returned]:
    return chain.from_iterable(getattr(trial, kind) for trial in seen.trials)


def _each(seen: History, check: Callable[[Trial], object]) -> list[object]:
    return [check(trial) for trial in seen.trials]


def _quietly(work: Callable[[], object]) -> Callable[[], object]:
    """As the judge runs them."""

    def run() -> object:
        with no_collection():
            return work()

    return run
