"""The state tables in the docstrings can be read by a machine, and name the states that the machines have."""

from __future__ import annotations

from types import ModuleType
from typing import get_args, get_type_hints

import pytest

from targets.reference.machines.agent import Agent
from targets.reference.machines.data_node.primary.primary import Primary
from targets.reference.machines.data_node.standby import Standby
from targets.reference.machines.failover.attempt import Step
from targets.reference.machines.tables import ANY, SAME, TABLES, Edge, edges_of


def states(table: str) -> set[str]:
    return {state for edge in TABLES[table] for state in (edge.state, edge.to)} - {ANY, SAME}


def module(doc: str) -> ModuleType:
    return ModuleType("made", doc)


def test_every_table_is_read_row_by_row() -> None:
    assert TABLES["primary"][1] == Edge("serving", "lease run out", "fenced")
    assert TABLES["agent"][1] == Edge("starting", "the child claims an epoch", "reigning")
    assert all(len(edges) >= 2 for edges in TABLES.values())


@pytest.mark.parametrize(("table", "machine"), [("agent", Agent), ("standby", Standby)])
def test_a_table_has_the_states_that_its_machine_names(table: str, machine: type) -> None:
    named = get_type_hints(machine.state.fget)["return"]  # type: ignore[attr-defined]
    assert states(table) == set(get_args(named))


def test_a_primary_that_has_left_is_no_role_any_more() -> None:
    named = get_type_hints(Primary.state.fget)["return"]  # type: ignore[attr-defined]
    assert states("primary") == {*get_args(named), "left"}


def test_the_coordinators_table_has_its_steps() -> None:
    assert states("coordinator") == set(get_args(Step))


def test_every_edge_has_a_name_of_its_own() -> None:
    for edges in TABLES.values():
        assert len({f"{edge}" for edge in edges}) == len(edges)


def test_a_docstring_without_a_table_and_a_broken_row_are_refused() -> None:
    with pytest.raises(ValueError, match="no state table"):
        edges_of(module("Nothing.\n"))
    with pytest.raises(ValueError, match="no edge"):
        edges_of(module("A.\n\n    state  event  -> state\n    one    only\n"))
