"""Every interleaving within small bounds: sound machines hold, a broken one is found by the shortest way."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from targets.reference.defects import DEFECTS
from tests.targets.reference.exploration.__main__ import explore, name
from tests.targets.reference.exploration.ballots import Bounds
from tests.targets.reference.exploration.cluster import Cluster
from tests.targets.reference.exploration.scope import Scope
from tests.targets.reference.exploration.scopes import SEEN_IN, SHORT, THREE_CALM
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
