"""Depth first, of all orders those that make a difference: dynamic partial-order reduction, states kept.

In a state one host is taken alone: one that has something to do before time goes on, none of whose acts
shows (what `wrong` looks at is the same after it). When all ways from there are known, so is what might have
reached that host before (see arrivals); for each such way the act with which it begins is followed too. If
one of those shows, or none was alone, all acts are followed. So every way is followed in one of the orders
that differ by nothing but neighbours which commute, and whatever shows is met.

What is known of a state is kept with it, so that one which is met again is not followed again. It needs an
end: the steps of one moment never lead back to a state, as each takes a message, and time only goes on.
Between moments nothing is on its way, so no act of a later one can come before one of an earlier.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tests.targets.reference.exploration.arrivals import Arrival, Arrivals
from tests.targets.reference.exploration.cluster import Cluster
from tests.targets.reference.exploration.hosts import DEVICE
from tests.targets.reference.exploration.interning import Interned
from tests.targets.reference.exploration.scope import Act, State, Step
from tests.targets.reference.exploration.search import Found

# Nothing passes these: they come when nothing else can happen.
_BETWEEN_MOMENTS = ("fires", "starts")
_ROOM_ENOUGH = 20
_BOUNDED = {
    "is lost": "drops",
    "is held": "holds",
    "is written to": "writes",
    "is asked to hand over": "switchovers",
    "dies": "crashes",
}


class _Frame(Struct):
    """A state that is being followed. alone: whose acts its steps began with; "": all. at: the next step.

    all_wait: nobody's acts could be taken alone, each waits for another.
    """

    state: State
    key: int
    steps: list[Step]
    alone: str
    arrivals: set[Arrival]
    all_wait: bool = False
    at: int = 0


class DepthFirst:
    """wrong: what a state breaks, "" for nothing. order: who is taken alone first."""

    def __init__(self, cluster: Cluster, wrong: Callable[[State], str], *, states_max: int) -> None:
        assert self.fits(cluster)
        self._cluster, self._wrong, self._states_max = cluster, wrong, states_max
        self._moves, self._nodes = cluster.moves, cluster.scope.settings.nodes
        self._order = (*cluster.scope.settings.witnesses, *reversed(self._nodes))
        self._ways = Arrivals(cluster.moves)
        self._sets: Interned[frozenset[Arrival]] = Interned(frozenset())
        self._done: dict[int, int] = {}
        self._open: set[int] = set()

    @staticmethod
    def fits(cluster: Cluster) -> bool:
        """A fence device changes hosts beside itself; of two writes the first is told from the second; who
        waits goes on when the channel is held, whoever did that.
        """
        scope = cluster.scope
        nobody_waits = not scope.holds or scope.channel >= _ROOM_ENOUGH
        return DEVICE not in cluster.moves.actors and scope.writes <= 1 and nobody_waits

    def run(self, begin: State) -> Found:
        frames, transitions, depth = [self._opened(begin)], 0, 0
        while frames:
            frame = frames[-1]
            if frame.at == len(frame.steps):
                known = self._closed(frames.pop())
                if frames:
                    self._back(frames[-1], known)
                continue
            _, after = frame.steps[frame.at]
            transitions, depth = transitions + 1, max(depth, len(frames))
            key = hash(after)
            if key in self._done:
                self._back(frame, self._done[key])
                continue
            assert key not in self._open, "a circle: what is known of its states is not whole"
            problem = self._wrong(after)
            met = len(self._done) + len(self._open) + 1
            if problem or met > self._states_max:
                steps = (
                    tuple(self._cluster.tells(f.state, f.steps[f.at][0]) for f in frames) if problem else ()
                )
                return Found(met, transitions, depth, closed=False, violation=problem, steps=steps)
            frames.append(self._opened(after))
        return Found(len(self._done), transitions, depth, closed=True)

    # --- a state --------------------------------------------------------------------------------------

    def _opened(self, state: State) -> _Frame:
        key = hash(state)
        self._open.add(key)
        if not self._cluster.is_over(state):
            for name in self._order:
                if self._cluster.is_busy(state, name):
                    steps = [*self._cluster.acts(state, name)]
                    if not self._shows(state, name, steps):
                        return _Frame(state, key, steps, name, set())
        return _Frame(
            state, key, [*self._cluster.successors(state)], "", set(), self._cluster.all_wait(state)
        )

    def _closed(self, frame: _Frame) -> int:
        self._open.remove(frame.key)
        known = self._done[frame.key] = self._sets.number(frozenset(frame.arrivals))
        return known

    def _back(self, frame: _Frame, known: int) -> None:
        """All ways from the state after the frame's next step are known."""
        act, after = frame.steps[frame.at]
        frame.at += 1
        state, arrivals = frame.state, self._sets[known]
        if act.kind in _BETWEEN_MOMENTS or frame.all_wait:
            return
        frame.arrivals.update(self._ways.before(state, act, after, arrivals))
        if act.host == frame.alone:
            for begins in set(self._ways.racing(state, act, after, arrivals)):
                self._follow(frame, begins)

    def _follow(self, frame: _Frame, begins: Act) -> None:
        state, have = frame.state, {act for act, _ in frame.steps}
        bound = _BOUNDED.get(begins.kind)
        if not frame.alone or begins in have or (bound and not getattr(state.left, bound)):
            return
        steps = [step for step in self._cluster.acts(state, begins.host) if step[0] == begins]
        if not steps or self._shows(state, begins.host, steps):
            steps = [step for step in self._cluster.successors(state) if step[0] not in have]
            frame.alone = ""
        frame.steps += steps

    def _shows(self, state: State, name: str, steps: list[Step]) -> bool:
        holds = self._cluster.holds
        if any(after.shown != state.shown or after.broken for _, after in steps):
            return True
        if name not in self._nodes:
            return False
        shown = holds.shows(state, name)
        return any(holds.shows(after, name) != shown for _, after in steps)
