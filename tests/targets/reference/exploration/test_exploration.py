"""Every interleaving within small bounds: sound machines hold, a broken one is found by the shortest way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator

import pytest
from msgspec import structs

from targets.reference.defects import (
    ACK_BEFORE_REPLICATION,
    DEFECTS,
    GOES_ON_AFTER_HAND_BACK,
    NO_LEASE_CHECK,
)
from tests.targets.reference.exploration.arrivals import Arrivals
from tests.targets.reference.exploration.ballots import Bounds
from tests.targets.reference.exploration.cluster import Cluster
from tests.targets.reference.exploration.depth import DepthFirst
from tests.targets.reference.exploration.exploring import explore, name, search
from tests.targets.reference.exploration.scope import Act, Scope, State, Step
from tests.targets.reference.exploration.scopes import (
    SEEN_SOON,
    SHORT,
    SWITCHOVER,
    THREE_CALM,
    THREE_DIES,
    THREE_DIES_WRITTEN_TO,
)
from tests.targets.reference.exploration.search import Search


@pytest.mark.slow
@pytest.mark.parametrize("scope", SHORT, ids=name)
def test_every_state_of_a_small_scope_holds_what_must_hold(scope: Scope | Bounds) -> None:
    found = explore(scope)
    assert (found.closed, found.violation) == (True, "")
    assert found.states > 1000


@pytest.mark.slow
@pytest.mark.parametrize("defect", [*SEEN_SOON])
def test_a_broken_rule_is_found(defect: str) -> None:
    scope, violation = SEEN_SOON[defect]
    found = explore(scope, defect, reduces=False)
    assert defect in DEFECTS and violation in found.violation
    assert found.steps


SMALL = (THREE_CALM, structs.replace(SWITCHOVER, lasts_s=0.1))
BROKEN = (NO_LEASE_CHECK, GOES_ON_AFTER_HAND_BACK)


@pytest.mark.slow
@pytest.mark.parametrize("scope", SMALL, ids=name)
def test_what_is_left_out_shows_nothing_that_the_rest_does_not_show(scope: Scope) -> None:
    fewer, all_of_them = (_shows(scope, reduces=reduces) for reduces in (True, False))
    assert fewer[0] == all_of_them[0]
    assert fewer[1] < all_of_them[1] * 0.9


@pytest.mark.slow
@pytest.mark.parametrize("defect", BROKEN)
def test_what_is_left_out_hides_no_violation(defect: str) -> None:
    scope, violation = SEEN_SOON[defect]
    assert isinstance(scope, Scope)
    cluster = Cluster(scope, frozenset({defect}))
    found = search(cluster, reduces=True)
    assert violation in found.violation and found.steps


def test_what_could_have_come_first_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else states are missing, so it is that which finds them."""
    scope = structs.replace(SWITCHOVER, lasts_s=0.1)
    whole, _ = _shows(scope, reduces=True)
    monkeypatch.setattr(Arrivals, "racing", lambda *_: ())
    assert _shows(scope, reduces=True)[0] < whole


def _shows(scope: Scope, *, reduces: bool, forgets: bool = True) -> tuple[set[Hashable], int]:
    """All that each host ever is, and what is seen of the data nodes together; how many states there are.

    In words: numbers are given in the order in which things are met.
    """
    cluster, nodes, hosts = Cluster(scope), set[Hashable](), set[tuple[float, int, int]]()
    cluster.moves.forgets = forgets

    def wrong(state: State) -> str:
        shows = (cluster.holds.shows(state, node) for node in cluster.scope.settings.nodes)
        nodes.add((state.now_s, cluster.moves.logs[state.shown], *shows))
        hosts.update((state.now_s, *host) for host in enumerate(state.hosts))
        return cluster.wrong(state)

    found = search(cluster, reduces=reduces, wrong=wrong)
    assert found.closed
    says = {(now_s, place, cluster.hosts.says(number)) for now_s, place, number in hosts}
    return nodes | says, found.states


def test_a_write_that_only_the_dead_primary_holds_is_missed() -> None:
    found = explore(THREE_DIES_WRITTEN_TO, ACK_BEFORE_REPLICATION)
    assert "was acknowledged" in found.violation


def test_clients_write_where_the_scope_lets_them() -> None:
    for node, is_written_to in ("a", True), ("b", False):
        cluster = Cluster(structs.replace(THREE_DIES_WRITTEN_TO, may_write=(node,)))
        acts = [act for act, _ in cluster.successors(cluster.begin())]
        assert any(act.kind == "is written to" for act in acts) == is_written_to


# --- what is spent ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_spent_never_counts_again() -> None:
    """Through a failover: an answer that once changed nothing changes nothing as long as it is on its way."""
    cluster = Cluster(THREE_DIES)
    cluster.moves.forgets = False
    spent = Counter[str]()

    def successors(state: State) -> Iterator[Step]:
        for act, after in Cluster.successors(cluster, state):
            for number, (source, to) in enumerate(cluster.moves.ends):
                for word in {*cluster.moves.words(state, number)} & {*cluster.moves.words(after, number)}:
                    if cluster.moves.is_spent(state, source, to, word):
                        assert cluster.moves.is_spent(after, source, to, word), (act, word)
                        spent[type(word).__name__] += 1
            yield act, after

    cluster.successors = successors  # type: ignore[method-assign]  # so that each step is looked at
    DepthFirst(cluster, cluster.wrong, states_max=4000).run(cluster.begin())
    assert set(spent) == {"Promised", "Accepted", "BallotRefused"}


def test_an_answer_that_is_spent_when_it_is_sent_might_have_come_earlier() -> None:
    """A majority has answered meanwhile. Sent before, it would have been of it: that way is followed."""
    cluster = Cluster(THREE_DIES)
    state, act, after, channel = next(_spent_at_once(cluster))
    arrivals = Arrivals(cluster.moves).before(state, act, after, ())
    assert channel in {arrival.channel for arrival in arrivals}


def _spent_at_once(cluster: Cluster) -> Iterator[tuple[State, Act, State, int]]:
    """On one way through a failover: a living one's ballot is answered, but nothing is on its way there.

    The state, the act, the state after it, the answer's channel.
    """
    moves = cluster.moves
    state = next(after for act, after in cluster.successors(cluster.begin()) if act.kind == "dies")
    while True:
        steps = [*cluster.successors(state)]
        for act, after in steps:
            for channel in moves.answers(state, act):
                _, asker = moves.ends[channel]
                if not after.channels[channel] and not moves.hosts.is_dead[moves.number(state, asker)]:
                    yield state, act, after, channel
        state = steps[0][1]


@pytest.mark.slow
def test_what_is_spent_makes_no_difference() -> None:
    scope = structs.replace(SWITCHOVER, lasts_s=0.1)
    assert _shows(scope, reduces=True)[0] == _shows(scope, reduces=True, forgets=False)[0]


# --- searches ---------------------------------------------------------------------------------------


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
