"""Searches every scope to its end, and shows what each defect breaks: `python -m <this package>`, minutes."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

from targets.reference.defects import DEFECTS
from tests.targets.reference.exploration.ballots import Ballots, Bounds
from tests.targets.reference.exploration.cluster import Cluster
from tests.targets.reference.exploration.depth import DepthFirst
from tests.targets.reference.exploration.scope import Scope, State
from tests.targets.reference.exploration.scopes import ALL, SEEN_IN, SEEN_LATE
from tests.targets.reference.exploration.search import Found, Search

_STATES_MAX = 3_000_000


def explore(
    scope: Scope | Bounds, defect: str = "", *, states_max: int = _STATES_MAX, reduces: bool = True
) -> Found:
    """The machines without a defect, or with one. reduces: orders that make no difference are left out, and
    the way to what is broken is no longer the shortest."""
    broken = frozenset({defect} if defect else ())
    if isinstance(scope, Bounds):
        ballots = Ballots(scope, broken)
        return Search(ballots.successors, ballots.wrong, states_max=states_max).run(ballots.begin())
    return search(Cluster(scope, broken), reduces=reduces, states_max=states_max)


def search(
    cluster: Cluster,
    wrong: Callable[[State], str] | None = None,
    *,
    reduces: bool = True,
    states_max: int = _STATES_MAX,
) -> Found:
    """wrong: in place of the cluster's own. reduces: orders that make no difference are left out."""
    wrong = wrong or cluster.wrong
    if reduces and DepthFirst.fits(cluster):
        return DepthFirst(cluster, wrong, states_max=states_max).run(cluster.begin())
    return Search(cluster.successors, wrong, states_max=states_max, tells=cluster.tells).run(cluster.begin())


def name(scope: Scope | Bounds) -> str:
    """For a person."""
    if isinstance(scope, Scope):
        return scope.name
    return f"the register, {scope.ballots} ballots each, {scope.losses} answers lost"


def main() -> int:
    ok = True
    print(f"{'scope':62} {'states':>9} {'steps':>9} {'depth':>5} {'CPU s':>6} {'MB':>5}")
    for scope in ALL:
        ok = _shown(scope, "").closed and ok
    print()
    for defect, (scope, violation) in {**SEEN_IN, **SEEN_LATE}.items():
        assert defect in DEFECTS
        for reduces in (False, True) if defect in SEEN_IN and isinstance(scope, Scope) else (True,):
            ok = violation in _shown(scope, defect, reduces=reduces).violation and ok
    return 0 if ok else 1


def _shown(scope: Scope | Bounds, defect: str, *, reduces: bool = True) -> Found:
    begin_s = time.process_time()
    found = explore(scope, defect, reduces=reduces)
    took_s = time.process_time() - begin_s
    # Of all searches up to here the largest.
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = f"{defect} in {name(scope)}" if defect else name(scope)
    print(
        f"{line:62} {found.states:9} {found.transitions:9} {found.depth:5} {took_s:6.1f} {memory_mb:5.0f}"
        f"  {_end(found)}",
        flush=True,
    )
    for step in () if defect else found.steps:
        print(f"    {step}")
    return found


def _end(found: Found) -> str:
    if found.violation:
        return f"BROKEN after {len(found.steps)} steps: {found.violation}"
    return "closed, holds" if found.closed else "not closed"


if __name__ == "__main__":
    sys.exit(main())
