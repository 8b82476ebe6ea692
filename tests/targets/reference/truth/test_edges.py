"""Which edges of the state tables whole drills take."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.plan import Plan
from harness.search.playing import play
from targets.reference.machines.tables import TABLES
from targets.reference.simulated.stack import SimulatedReference
from tests.worlds.simulator.rehearsals import DRILLS, of_text, planned

ALL = {f"{table}: {edge}" for table, edges in TABLES.items() for edge in edges}
CALM = {
    "agent: down → starting (the host begins, or an order)",
    "agent: starting → reigning (the child claims an epoch)",
    "node: any → starting (nobody was ever primary)",
    "node: any → standby (another primary)",
    "primary: taking → serving (lease held and its mark acknowledged)",
    "standby: away → following (Common of its epoch)",
    "standby: following → following (Stream that fits)",
    "witness: copying → silent (all others answered)",
    "witness: any → the same (a newer reign is learned)",
}
FAILOVER = {
    "agent: any → down (the child has ended)",
    "standby: any → away (Seal of a newer epoch)",
    "node: standby → primary (itself, of an epoch committed since)",
    "accuser: any → leads, if nobody does (a majority's votes stand, its turn comes)",
    "coordinator: rereading → sealing (unchanged)",
    "coordinator: sealing → moving (enough are sealed)",
}


def taken(drill: str) -> set[str]:
    return _taken(planned(DRILLS / f"{drill}.yaml", trials=1))


def _taken(plan: Plan) -> set[str]:
    simulated = SimulatedReference()
    simulated.note_edges()
    play(plan, simulated)
    edges = simulated.edges()
    assert set(edges) == ALL
    return {edge for edge, times in edges.items() if times}


def test_a_start_takes_the_edges_of_a_start_and_none_of_a_failover(tmp_path: Path) -> None:
    text = "drill: a\ntarget: reference\nsteps: [{hold: 2s}]\nexpect: {lost_writes: 0}\n"
    edges = _taken(of_text(text, tmp_path))
    assert edges >= CALM and not edges & FAILOVER


def test_a_kill_takes_those_of_a_failover() -> None:
    assert taken("kill-primary") >= CALM | FAILOVER


@pytest.mark.parametrize(
    ("drill", "edge"),
    [
        ("pause-primary", "primary: serving → fenced (lease run out)"),
        ("isolate-primary", "primary: any → left (the register names another, or a seal)"),
        ("stillborn-primary", "witness: any → the same (a newer reign is learned)"),
        ("blind-witness", "accuser: content → voting (the detector finds an illness, a hand-back)"),
    ],
)
def test_a_drill_takes_what_it_is_about(drill: str, edge: str) -> None:
    assert edge in taken(drill)


def test_whoever_does_not_search_notes_nothing() -> None:
    assert SimulatedReference().edges() == {}


def test_a_failover_to_a_cold_standby_takes_the_edges_of_its_rest() -> None:
    assert taken("cold-failover") >= {
        "agent: any → resting (the child has gone to rest)",
        "agent: resting → resting (Ship that fits)",
        "agent: resting → starting (Wake)",
        "standby: following → leaving (Rest)",
        "standby: leaving → leaving (its disk has caught up)",
    }
