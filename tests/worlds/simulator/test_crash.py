"""A process dies exactly at the point that was named: what came before is done, what comes after is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.event import Applied, Healed, PhaseReached
from harness.model.fault import Crash
from harness.model.journal import Entry
from tests.worlds.simulator.rehearsals import judged, of_text

DRILL = """\
# The primary dies, and somebody else at a point of what follows.
drill: crash
target: reference
steps:
  - wait: {{for: steady, within: 20s}}
  - kill: primary
    at: 1s..2s
    until: 3s
  - crash: {point}
    until: {until}
  - wait: {{for: rejoined, within: 20s}}
expect: {{lost_writes: 0, split_brain: never, stale_reads: 0, failovers: 1}}
"""


def drill(point: str, folder: Path, *, until: str = "2s", seed: int = 1) -> tuple[str, tuple[Entry, ...]]:
    verdict, entries = judged(of_text(DRILL.format(point=point, until=until), folder, seed=seed), folder)
    return verdict.judgement, entries


def crashed(entries: tuple[Entry, ...]) -> tuple[Applied, Crash]:
    (event,) = [e for e in entries if isinstance(e, Applied) and isinstance(e.fault, Crash)]
    assert isinstance(event.fault, Crash)
    return event, event.fault


def phases(entries: tuple[Entry, ...], phase: str) -> list[PhaseReached]:
    return [e for e in entries if isinstance(e, PhaseReached) and e.phase == phase]


def test_before_it_tells_a_phase_nobody_hears_it_from_the_dead(tmp_path: Path) -> None:
    judgement, entries = drill("witnesses\n    before: {tells: decided}", tmp_path)
    event, fault = crashed(entries)
    assert judgement == "pass"
    assert [e.host for e in phases(entries, "decided")] != [fault.host]
    assert event.evidence == (f"virtual: the main process of {fault.host} dead before it tells decided",)


def test_after_it_told_the_phase_it_dies_at_that_moment(tmp_path: Path) -> None:
    judgement, entries = drill("witnesses\n    after: {tells: decided}", tmp_path)
    event, fault = crashed(entries)
    first = phases(entries, "decided")[0]
    assert (judgement, first.host, first.at_s) == ("pass", fault.host, event.before_s)


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_data_node_s_child_dies_of_its_own_act_and_its_agent_lives(side: str, tmp_path: Path) -> None:
    judgement, entries = drill(f"standby\n    {side}: {{persists: seal}}", tmp_path)
    event, fault = crashed(entries)
    assert (judgement, fault.host) == ("pass", "n2")
    assert event.evidence[0].startswith("virtual: the child of n2 dead")


def test_it_is_started_again_so_long_after_its_death(tmp_path: Path) -> None:
    _, entries = drill("witnesses\n    before: {sends: Seal}", tmp_path, until="700ms")
    event, _ = crashed(entries)
    (healed,) = [e for e in entries if isinstance(e, Healed) and e.fault_id == event.fault_id]
    assert 0.7 <= healed.after_s - event.after_s < 0.75
    assert "runs, started anew" in healed.evidence[0]


def test_a_point_that_is_never_reached_proves_nothing(tmp_path: Path) -> None:
    judgement, entries = drill("witnesses\n    before: {sends: CopyRequest}\n    within: 3s", tmp_path)
    assert judgement == "unknown"
    (healed,) = [e for e in entries if isinstance(e, Healed) and e.fault_id == "t1.s2"]
    assert healed.evidence == ("virtual: its point was never reached; it is waited for no more",)


def test_the_same_seed_dies_the_same_death(tmp_path: Path) -> None:
    deaths = set()
    for again in ("a", "b"):
        folder = tmp_path / again
        folder.mkdir()
        _, entries = drill("witnesses\n    before: {sends: Accept, nth: 3}", folder, seed=7)
        event, fault = crashed(entries)
        deaths.add((event.before_s, fault.host))
    assert len(deaths) == 1
