"""Of all that can happen next, the acts of one host, where their order with all else makes no difference.

Persistent sets with invisible acts. A host X is taken alone when
  - it has something to do before time goes on (so timers and restarts wait for it, whatever others do),
  - whatever the others do in any order without it, nothing arrives at X on a channel that is empty now, and
    none of its channels overflows: found by trying all that they can do, not by a table of who may say what,
  - no act of X shows: what `wrong` looks at is the same after it,
  - one of the states that follow is not done with yet (else a circle could put the others off for ever).
Then every way from here has, as X's first act, one that X can do now; it changes X and the ends of channels
that X alone writes, so it may as well come first. Budgets are spent by acts, in any order the same sum.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator

from tests.targets.reference.exploration.cluster import Cluster
from tests.targets.reference.exploration.hosts import DEVICE
from tests.targets.reference.exploration.scope import State, Step

# So many states of the others are tried for one answer; beyond, it is no.
_TRIED_MAX = 2000


class Reduction:
    """is_done: whether the search has followed all ways from a state already."""

    def __init__(self, cluster: Cluster, is_done: Callable[[State], bool]) -> None:
        self._cluster, self._moves, self._is_done = cluster, cluster.moves, is_done
        self._place = {name: place for place, name in enumerate(self._moves.names)}
        self._quiet: dict[Hashable, bool] = {}
        self.alone = 0

    @staticmethod
    def fits(cluster: Cluster) -> bool:
        """A fence device changes hosts beside itself, and a detour depends on whose turn it is."""
        return DEVICE not in cluster.moves.actors and cluster.scope.detours is None

    def successors(self, state: State) -> Iterable[Step]:
        if not self._cluster.is_over(state):
            for name in reversed(self._moves.names):
                if self._cluster.is_busy(state, name):
                    steps = self._alone(state, name)
                    if steps:
                        self.alone += 1
                        return steps
        return self._cluster.successors(state)

    def _alone(self, state: State, name: str) -> list[Step]:
        """Its acts; none when it cannot be taken alone."""
        place = self._place[name]
        shows = self._cluster.holds.shows(state, name)
        steps = [*self._cluster.acts(state, name)]
        if any(after.shown != state.shown or after.broken for _, after in steps):
            return []
        if any(self._cluster.holds.shows(after, name) != shows for _, after in steps):
            return []
        if all(self._is_done(after) for _, after in steps):
            return []
        if self._moves.overflows(state, name, [after for _, after in steps]):
            return []
        return steps if self._is_left_alone(state, name, place) else []

    def _is_left_alone(self, state: State, name: str, place: int) -> bool:
        """Depth first over all that the others can do; what is known of a state is kept."""
        into = self._moves.into[name]
        met: set[Hashable] = set()
        waiting: list[State] = [state]
        while waiting:
            now = waiting.pop()
            key = self._others(now, name, place)
            known = self._quiet.get(key)
            if known is False or len(met) > _TRIED_MAX:
                self._quiet[self._others(state, name, place)] = False
                return False
            if known or key in met:
                continue
            met.add(key)
            for after in self._by_others(now, name):
                if self._arrives(now, after, into):
                    self._quiet[key] = self._quiet[self._others(state, name, place)] = False
                    return False
                waiting.append(after)
        self._quiet.update(dict.fromkeys(met, True))
        return True

    def _by_others(self, state: State, name: str) -> Iterator[State]:
        if self._cluster.is_over(state):
            return
        for other in self._moves.names:
            if other != name:
                for _, after in self._cluster.acts(state, other):
                    yield after

    def _arrives(self, before: State, after: State, into: Iterable[int]) -> bool:
        """Where nothing was, or where nothing fits any more."""
        for number in into:
            if before.channels[number] != after.channels[number] and (
                not before.channels[number] or self._moves.is_full(after.channels[number])
            ):
                return True
        return False

    def _others(self, state: State, name: str, place: int) -> Hashable:
        """What the others can do, and what would be new to that host, depend on this."""
        hosts = (*state.hosts[:place], *state.hosts[place + 1 :])
        channels = [*state.channels]
        for number in self._moves.into[name]:
            channels[number] = self._moves.waiting(channels[number])
        return (
            name,
            self._moves.is_dead(state, name),
            state.now_s,
            hosts,
            tuple(channels),
            state.left,
            state.held,
        )
