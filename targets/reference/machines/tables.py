"""The machines' state tables as values: read from the docstrings, so that there is one of each. Pure.

A table begins with a line `state  event  -> state`; its columns stand apart by two blanks or more, the second
one where the head says so. What stands behind the third is for people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import ModuleType

from msgspec import Struct

from targets.reference.machines import agent
from targets.reference.machines.data_node import node, standby
from targets.reference.machines.data_node.primary import primary
from targets.reference.machines.failover import coordinator
from targets.reference.machines.witness import accuser, desk, witness

ANY, SAME = "any", "the same"
_HEAD = re.compile(r"(\s*state\s+)\S.*->\s*state")


class Edge(Struct, frozen=True):
    """From a state (`any`) by what happens to a state (`the same`)."""

    state: str
    event: str
    to: str

    def __str__(self) -> str:
        return f"{self.state} → {self.to} ({self.event})"


def edges_of(module: ModuleType) -> tuple[Edge, ...]:
    """The rows of the table in its docstring. Raises ValueError where it has none, or a row is none."""
    lines = iter((module.__doc__ or "").splitlines())
    head = next((found for line in lines if (found := _HEAD.fullmatch(line))), None)
    if head is None:
        raise ValueError(f"{module.__name__} has no state table in its docstring")
    edges: list[Edge] = []
    for line in lines:
        if not line.strip():
            break
        state, cells = line[: head.end(1)].strip(), re.split(r"\s{2,}", line[head.end(1) :].strip())
        if not state or len(cells) < 2:
            raise ValueError(f"{module.__name__}: no edge is '{line.strip()}'")
        edges.append(Edge(state, cells[0], cells[1]))
    return tuple(edges)


TABLES: Mapping[str, tuple[Edge, ...]] = {
    module.__name__.rpartition(".")[2]: edges_of(module)
    for module in (agent, node, primary, standby, witness, accuser, coordinator, desk)
}
