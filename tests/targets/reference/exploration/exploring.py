"""One scope, one search: which kind it takes, and what it costs. Shows nothing."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

from msgspec import Struct

from tests.targets.reference.exploration.ballots import Ballots, Bounds
from tests.targets.reference.exploration.cluster import Cluster
from tests.targets.reference.exploration.depth import DepthFirst
from tests.targets.reference.exploration.scope import Scope, State
from tests.targets.reference.exploration.search import Found, Search

_STATES_MAX = 10_000_000


class Row(Struct, frozen=True):
    """One search. memory_mb: at its most."""

    found: Found
    cpu_s: float
    memory_mb: float


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


def measured(scope: Scope | Bounds, defect: str = "", *, reduces: bool = True) -> Row:
    begin_s = time.process_time()
    found = explore(scope, defect, reduces=reduces)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Row(found, time.process_time() - begin_s, memory_mb)
