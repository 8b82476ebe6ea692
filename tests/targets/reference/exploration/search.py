"""Breadth first over all that can happen; the first way to each state is kept. Ignores what states mean."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from msgspec import Struct

State = TypeVar("State", bound=Hashable)


class Found(Struct, frozen=True):
    """closed: every state within the bounds was visited. steps: the shortest way to the violation, if any."""

    states: int
    transitions: int
    depth: int
    closed: bool
    violation: str = ""
    steps: tuple[str, ...] = ()


class Search(Generic[State]):
    """successors: all (action, next state) of a state. wrong: what a state breaks, "" for nothing."""

    def __init__(
        self,
        successors: Callable[[State], Iterable[tuple[str, State]]],
        wrong: Callable[[State], str],
        *,
        states_max: int,
    ) -> None:
        self._successors, self._wrong, self._states_max = successors, wrong, states_max
        self._came_from: dict[State, tuple[State, str] | None] = {}

    def run(self, begin: State) -> Found:
        self._came_from = {begin: None}
        waiting, transitions, depth = deque([(begin, 0)]), 0, 0
        while waiting:
            state, depth = waiting.popleft()
            for action, following in self._successors(state):
                transitions += 1
                if following in self._came_from:
                    continue
                self._came_from[following] = (state, action)
                problem = self._wrong(following)
                if problem:
                    return self._found(transitions, depth + 1, problem, following)
                waiting.append((following, depth + 1))
            if len(self._came_from) >= self._states_max:
                return Found(len(self._came_from), transitions, depth, closed=False)
        return Found(len(self._came_from), transitions, depth, closed=True)

    def _found(self, transitions: int, depth: int, problem: str, state: State) -> Found:
        steps: list[str] = []
        came = self._came_from[state]
        while came is not None:
            state, action = came
            steps.append(action)
            came = self._came_from[state]
        return Found(
            len(self._came_from),
            transitions,
            depth,
            closed=False,
            violation=problem,
            steps=tuple(steps[::-1]),
        )
