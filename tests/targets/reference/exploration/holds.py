"""What must hold in every state of a cluster, and what each of its data nodes shows. Moves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from targets.reference.machines.words.messages import Record
from tests.targets.reference.exploration.hosts import KEY
from tests.targets.reference.exploration.moves import Moves
from tests.targets.reference.exploration.scope import State


class Holds:
    def __init__(self, moves: Moves) -> None:
        self._moves, self._hosts, self._nodes = moves, moves.hosts, moves.scope.settings.nodes
        self._clashes: dict[tuple[int, ...], str] = {}
        # What was looked at once, by host and moment.
        self._wrong: dict[tuple[float, tuple[int, ...], int], str] = {}
        self._shows: dict[tuple[int, float], Hashable] = {}

    def serving(self, state: State, node: str) -> bool:
        return self._hosts.serving(self._moves.number(state, node), state.now_s)

    def wrong(self, state: State) -> str:
        key = (state.now_s, state.hosts[: len(self._nodes)], state.shown)
        wrong = self._wrong.get(key)
        if wrong is None:
            wrong = self._wrong[key] = self._looked_at(state)
        return wrong or state.broken

    def _looked_at(self, state: State) -> str:
        serving = [node for node in self._nodes if self.serving(state, node)]
        if len(serving) > 1:
            return f"{' and '.join(serving)} can decide at once"
        clash = self._clash(tuple(self._moves.number(state, node) for node in self._nodes))
        if clash:
            return clash
        shown = self._moves.logs[state.shown]
        for node in serving:
            log = self._hosts.acknowledged(self._moves.number(state, node))
            if log[: len(shown)] != shown:
                return f"{node} serves {log}, but {shown} was acknowledged"
            value = self._hosts.shows(self._moves.number(state, node), node, state.now_s)
            if value is not None and value != next((r.value for r in reversed(shown) if r.key == KEY), ""):
                return f"{node} shows '{value}' to a read, but {shown} was acknowledged"
        return ""

    def _clash(self, nodes: tuple[int, ...]) -> str:
        """An epoch has one writer, so (epoch, position) is the name of one record in all logs."""
        if nodes not in self._clashes:
            records = set[Record]().union(*(self._hosts.written(number) for number in nodes))
            names = Counter((record.epoch, record.position) for record in records)
            twice = sorted(name for name, count in names.items() if count > 1)
            self._clashes[nodes] = f"{twice[0]} is the name of two records" if twice else ""
        return self._clashes[nodes]

    def shows(self, state: State, name: str) -> Hashable:
        """All that `wrong` looks at of one host."""
        if name not in self._nodes:
            return None
        number = self._moves.number(state, name)
        key = (number, state.now_s)
        if key not in self._shows:
            self._shows[key] = (
                self.serving(state, name),
                self._hosts.acknowledged(number),
                self._hosts.written(number),
                self._hosts.shows(number, name, state.now_s),
                self._hosts.epoch(number),
            )
        return self._shows[key]

    def too_new(self, state: State) -> bool:
        return any(
            self._hosts.epoch(self._moves.number(state, node)) > self._moves.scope.epochs
            for node in self._nodes
        )
