"""Which edges of the state tables a run has taken, seen from outside. Ignores whether it was right to.

A machine says in which state of its table it is; an edge is what lies between two events. Each is looked for
until it was taken once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from targets.reference.machines.agent import Agent
from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.data_node.primary.primary import Primary
from targets.reference.machines.data_node.standby import Standby
from targets.reference.machines.lease import Reign
from targets.reference.machines.tables import ANY, TABLES, Edge
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import (
    AgentSaw,
    Append,
    AskPower,
    Effect,
    Event,
    Fired,
    Keep,
    Received,
    Retire,
    Send,
)
from targets.reference.machines.words.messages import Follow, Register, Seal
from targets.reference.truth.findings import Seat

Role = Primary | Standby | None
_OF_WITNESSES = ("witness", "accuser", "coordinator", "desk")
# Of tables in which what happens is enough to name the edge.
_BY_EVENT = {(table, edge.event): edge for table, edges in TABLES.items() for edge in edges}


class Edges:
    """Of one run."""

    def __init__(self) -> None:
        self.taken: set[tuple[str, Edge]] = set()
        self._nodes: dict[DataNode, tuple[Role, str, Register]] = {}
        self._witnesses: dict[Witness, tuple[tuple[str, str, str, str], Reign]] = {}
        self._agents: dict[Agent, str] = {}

    def counts(self) -> dict[str, int]:
        """Every edge of every table -> 1 if it was taken."""
        return {
            f"{table}: {edge}": int((table, edge) in self.taken)
            for table, edges in TABLES.items()
            for edge in edges
        }

    def handled(self, seat: Seat, machine: object, event: Event, effects: Sequence[Effect]) -> None:
        if type(machine) is DataNode:
            self._node(machine, event, effects)
        elif type(machine) is Witness:
            self._witness(seat, machine, event, effects)
        elif type(machine) is Agent:
            self._agent(machine, event, effects)

    # --- data nodes -------------------------------------------------------------------------------

    def _node(self, node: DataNode, event: Event, effects: Sequence[Effect]) -> None:
        role, register = node.role, node.own.register
        state = role.state if role is not None else ""
        was, state_was, register_was = self._nodes.setdefault(node, (role, state, register))
        if role is not was or state != state_was or register is not register_was:
            self._nodes[node] = (role, state, register)
        if register is not register_was:
            self._shown(node, was, role, register)
        if isinstance(was, Primary):
            self._primary(was, state_was, role, state)
        elif isinstance(role, Standby) and role is was:
            self._standby(state_was, state, event, effects)

    def _shown(self, node: DataNode, was: Role, role: Role, register: Register) -> None:
        """A full ballot has shown something."""
        mine = register.primary == node.own.name
        if not register.epoch:
            self._take("node", "nobody was ever primary")
        elif not mine:
            self._take("node", "another primary")
        elif node.own.member not in register.eligible:
            self._take("node", "itself, but with another store")
        elif role is None:
            self._take("node", "itself, with this store")
        elif isinstance(was, Standby) and isinstance(role, Primary):
            self._take("node", "itself, of an epoch committed since")
        elif role is was:
            self._take("node", "itself, same epoch")

    def _primary(self, was: Primary, state_was: str, role: Role, state: str) -> None:
        if isinstance(role, Primary) and role is not was:
            self._take("primary", "refused as too old, still named after L")
        elif role is not was:
            self._take("primary", "the register names another, or a seal")
        elif state != state_was:
            self._between("primary", state_was, state)

    def _standby(self, was: str, state: str, event: Event, effects: Sequence[Effect]) -> None:
        if was == "following" and state == "leaving":
            self._take("standby", "Rest")
        if state == "leaving":
            self._if("standby", "its disk has caught up", lambda: _any(effects, Retire))
        elif was == "away" and state == "following":
            self._take("standby", "Common of its epoch")
        elif type(event) is Received and type(event.message) is Seal:
            self._take("standby", "Seal of a newer epoch")
        elif was == state == "following":
            self._if("standby", "Stream that fits", lambda: _any(effects, Append))
            if type(event) is Fired:
                self._if("standby", "silence", lambda: _sends(effects, Follow))

    # --- witnesses --------------------------------------------------------------------------------

    def _witness(self, seat: Seat, witness: Witness, event: Event, effects: Sequence[Effect]) -> None:
        self._if("coordinator", "the register is unchanged", lambda: _any(effects, AskPower))
        now, reign = witness.states(seat.clock_s()), witness.watched
        was, reign_was = self._witnesses.setdefault(witness, (now, reign))
        if now == was and reign == reign_was:
            return
        self._witnesses[witness] = (now, reign)
        if reign != reign_was:
            self._take("witness", "a newer reign is learned")
        for table, before, after in zip(_OF_WITNESSES, was, now, strict=True):
            if before != after:
                self._moved(table, before, after, timed=type(event) is Fired, newer=reign != reign_was)

    def _moved(self, table: str, before: str, after: str, *, timed: bool, newer: bool) -> None:
        match table, before, after:
            case "witness", "copying", _:
                self._take(table, "all others answered")  # mostly after its silence
            case "accuser", "voting", "content":
                self._take(table, "a newer reign is watched" if newer else "it is well again")
            case "coordinator", "idle", "confirming":
                self._take("accuser", "a majority's votes stand, its turn comes")
                self._between(table, before, after)
            case "coordinator", "hinting", "idle":
                pass  # the end of its table
            case "coordinator", "confirming", "idle" if not timed:
                self._take(table, "another value, or too late")
            case "desk", _, "idle" if timed:
                self._take(table, "too late")
            case _:
                self._between(table, before, after)

    # --- agents -----------------------------------------------------------------------------------

    def _agent(self, agent: Agent, event: Event, effects: Sequence[Effect]) -> None:
        state = agent.state
        was = self._agents.get(agent, "down")
        self._agents[agent] = state
        if type(event) is AgentSaw and event.what == "child stopped":
            self._take("agent", "the child was stopped")
        elif type(event) is AgentSaw and event.what == "child ended" and state == "resting":
            self._take("agent", "the child has gone to rest")
        elif state == was == "resting":
            self._if("agent", "Ship that fits", lambda: _any(effects, Keep))
        elif type(event) is AgentSaw and event.what == "child ended":
            self._take("agent", "the child has ended")
        elif state != was:
            self._between("agent", was, state)

    # --- tables -----------------------------------------------------------------------------------

    def _between(self, table: str, before: str, after: str) -> None:
        """The edge from here to there; where several lead there, the first that leaves from here."""
        rows = [edge for edge in TABLES[table] if edge.to == after]
        own = [edge for edge in rows if edge.state == before] or [edge for edge in rows if edge.state == ANY]
        if own:
            self.taken.add((table, own[0]))

    def _take(self, table: str, event: str) -> None:
        self.taken.add((table, _BY_EVENT[table, event]))

    def _if(self, table: str, event: str, seen: Callable[[], bool]) -> None:
        edge = (table, _BY_EVENT[table, event])
        if edge not in self.taken and seen():
            self.taken.add(edge)


def _any(effects: Sequence[Effect], kind: type) -> bool:
    return any(type(effect) is kind for effect in effects)


def _sends(effects: Sequence[Effect], message: type) -> bool:
    return any(type(effect) is Send and type(effect.message) is message for effect in effects)
