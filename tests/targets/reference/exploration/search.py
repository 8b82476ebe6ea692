"""Breadth first over all that can happen; the first way to each state is kept. Ignores what states mean.

A state that was met is kept as 64 bits: with n states the chance that any two were taken for one is about
n² / 2^65, one in three million for ten million. The way to a violation is found again by following it.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from msgspec import Struct

State = TypeVar("State", bound=Hashable)
Action = TypeVar("Action")


class Found(Struct, frozen=True):
    """closed: every state within the bounds was visited. steps: the shortest way to the violation, if any."""

    states: int
    transitions: int
    depth: int
    closed: bool
    violation: str = ""
    steps: tuple[str, ...] = ()


class Search(Generic[State, Action]):
    """successors: all (action, next state) of a state. wrong: what a state breaks, "" for nothing.

    tells: an action, and the state before it, for a person.
    """

    def __init__(
        self,
        successors: Callable[[State], Iterable[tuple[Action, State]]],
        wrong: Callable[[State], str],
        *,
        states_max: int,
        tells: Callable[[State, Action], str] = lambda _, action: str(action),
    ) -> None:
        self._successors, self._wrong, self._states_max = successors, wrong, states_max
        self._tells = tells
        self._met: set[int] = set()
        # Of each state in the order in which they were met: its hash, and whose successor it was.
        self._hashes, self._parents = array("q"), array("q")

    def run(self, begin: State) -> Found:
        self._meet(begin, -1)
        waiting, transitions, depth = deque([(begin, 0, 0)]), 0, 0
        while waiting:
            state, number, depth = waiting.popleft()
            for _, following in self._successors(state):
                transitions += 1
                if hash(following) in self._met:
                    continue
                self._meet(following, number)
                problem = self._wrong(following)
                if problem:
                    steps = self._way(begin)
                    return Found(len(self._met), transitions, depth + 1, False, problem, steps)
                waiting.append((following, len(self._hashes) - 1, depth + 1))
            if len(self._met) >= self._states_max:
                return Found(len(self._met), transitions, depth, closed=False)
        return Found(len(self._met), transitions, depth, closed=True)

    def _meet(self, state: State, parent: int) -> None:
        key = hash(state)
        self._met.add(key)
        self._hashes.append(key)
        self._parents.append(parent)

    def _way(self, begin: State) -> tuple[str, ...]:
        """To the state that was met last."""
        numbers = [len(self._hashes) - 1]
        while self._parents[numbers[-1]] >= 0:
            numbers.append(self._parents[numbers[-1]])
        steps, state = list[str](), begin
        for number in numbers[-2::-1]:
            following = self._successors(state)
            action, after = next(step for step in following if hash(step[1]) == self._hashes[number])
            steps.append(self._tells(state, action))
            state = after
        return tuple(steps)
