"""Every interleaving within small bounds: sound machines hold, a broken one is found by the shortest way."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import pytest
from msgspec import structs

from targets.reference.defects import DEFECTS, NO_LEASE_CHECK, RESUMES_ITS_EPOCH
from tests.targets.reference.exploration.__main__ import explore, name, search
from tests.targets.reference.exploration.ballots import Bounds
from tests.targets.reference.exploration.cluster import Cluster
from tests.targets.reference.exploration.scope import Scope, State
from tests.targets.reference.exploration.scopes import (
    DIES,
    LOST,
    SEEN_IN,
    SHORT,
    SWITCHOVER,
    THREE_CALM,
)
from tests.targets.reference.exploration.search import Search


@pytest.mark.slow
@pytest.mark.parametrize("scope", SHORT, ids=name)
def test_every_state_of_a_small_scope_holds_what_must_hold(scope: Scope | Bounds) -> None:
    found = explore(scope)
    assert (found.closed, found.violation) == (True, "")
    assert found.states > 1000


@pytest.mark.slow
@pytest.mark.parametrize("defect", [*SEEN_IN])
def test_a_broken_rule_is_found(defect: str) -> None:
    scope, violation = SEEN_IN[defect]
    found = explore(scope, defect)
    assert defect in DEFECTS and violation in found.violation
    assert found.steps


SMALL = (THREE_CALM, structs.replace(SWITCHOVER, lasts_s=0.1))
BROKEN = {LOST: NO_LEASE_CHECK, DIES: RESUMES_ITS_EPOCH}


@pytest.mark.slow
@pytest.mark.parametrize("scope", SMALL, ids=name)
def test_what_is_left_out_shows_nothing_that_the_rest_does_not_show(scope: Scope) -> None:
    cluster = Cluster(scope)
    fewer, all_of_them = (_shows(cluster, reduces=reduces) for reduces in (True, False))
    assert fewer[0] == all_of_them[0]
    assert fewer[1] < all_of_them[1] * 0.9


@pytest.mark.slow
@pytest.mark.parametrize("scope", BROKEN, ids=name)
def test_what_is_left_out_hides_no_violation(scope: Scope) -> None:
    fewer, all_of_them = (explore(scope, BROKEN[scope], reduces=reduces) for reduces in (True, False))
    assert fewer.violation == all_of_them.violation != ""
    assert fewer.states <= all_of_them.states


def _shows(cluster: Cluster, *, reduces: bool) -> tuple[set[Hashable], int]:
    """All that each host ever is, and what is seen of the data nodes together; how many states there are."""
    seen = set[Hashable]()

    def wrong(state: State) -> str:
        nodes = (cluster.holds.shows(state, node) for node in cluster.scope.settings.nodes)
        seen.add((state.now_s, state.shown, *nodes))
        seen.update((state.now_s, *host) for host in enumerate(state.hosts))
        return cluster.wrong(state)

    found = search(cluster, reduces=reduces, wrong=wrong).run(cluster.begin())
    assert found.closed
    return seen, found.states


def test_a_cluster_in_one_order_has_one_way(scope: Scope = THREE_CALM) -> None:
    """And each detour adds some."""
    calm = structs.replace(scope, writes=0)
    states = [explore(structs.replace(calm, detours=detours)) for detours in (0, 1, 2)]
    assert all(found.closed for found in states)
    assert states[0].states == states[0].depth + 1
    assert states[0].states < states[1].states < states[2].states < explore(calm, reduces=False).states * 3


def _counts(state: int) -> Iterable[tuple[str, int]]:
    return [("one more", min(state + 1, 9)), ("two more", min(state + 2, 9))]


def test_the_shortest_way_to_what_is_wrong_is_told() -> None:
    found = Search(_counts, lambda state: "five" if state == 5 else "", states_max=100).run(0)
    assert (found.violation, len(found.steps), found.closed) == ("five", 3, False)


def test_a_search_that_met_every_state_says_so() -> None:
    found = Search(_counts, lambda state: "", states_max=100).run(0)
    assert (found.closed, found.states, found.transitions) == (True, 10, 20)


def test_a_search_that_reached_its_limit_says_that_it_did_not_end() -> None:
    assert not Search(_counts, lambda state: "", states_max=3).run(0).closed


def test_a_cluster_that_serves_is_a_value() -> None:
    """Whatever the machines have come to hold since must be comparable, or no scope can be searched."""
    space = Cluster(THREE_CALM)
    assert space.begin() == space.begin()
