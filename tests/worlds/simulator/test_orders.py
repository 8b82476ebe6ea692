"""An operator's orders, as steps of a drill."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.event import AlertRaised, Controlled, Powered, RoleChanged
from harness.model.journal import Entry
from tests.worlds.simulator.rehearsals import judged, of_text

DRILL = """\
drill: ordered
target: reference
settings: {{reference: {{fence: device}}}}
load: {{writers: 2, rate: 10/s, readers: 0}}
steps:
  - wait: {{for: steady, within: 20s}}
{steps}
  - hold: 4s
expect: {{lost_writes: 0, split_brain: never}}
"""


def played(steps: str, folder: Path) -> tuple[Entry, ...]:
    verdict, entries = judged(of_text(DRILL.format(steps=steps), folder), folder)
    assert verdict.judgement == "pass", verdict
    return entries


def answers(entries: tuple[Entry, ...]) -> list[tuple[str, bool]]:
    return [(entry.action, entry.ok) for entry in entries if isinstance(entry, Controlled)]


def primaries(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.host for entry in entries if isinstance(entry, RoleChanged) and entry.role == "primary"]


@pytest.mark.parametrize("order", ["promote", "force"])
def test_who_is_promoted_by_order_reigns(order: str, tmp_path: Path) -> None:
    entries = played(f"  - order: {{do: {order}, to: standby}}\n    at: 1s", tmp_path)
    assert answers(entries) == [(order, True)] and primaries(entries)[-1] == "n2"


def test_in_maintenance_nobody_fails_over_and_a_person_is_called(tmp_path: Path) -> None:
    steps = """\
  - order: {do: maintenance on, to: witness/2}
    at: 1s
  - kill: primary
    at: 1.5s
    until: 3s
  - order: {do: maintenance off, to: witness/1}
    at: 3.5s"""
    entries = played(steps, tmp_path)
    assert answers(entries) == [("maintenance on", True), ("maintenance off", True)]
    assert {*primaries(entries)} == {"n1"}
    assert any("nobody fails over" in e.text for e in entries if isinstance(e, AlertRaised))


def test_a_node_is_switched_off_and_on(tmp_path: Path) -> None:
    steps = """\
  - order: {do: power off, to: standby}
    at: 1s
  - order: {do: power on, to: n2}
    at: 2.5s
  - order: {do: rejoin, to: n2}
    at: 3.5s"""
    entries = played(steps, tmp_path)
    assert answers(entries) == [("power off", True), ("power on", True), ("rejoin", True)]
    assert [e.state for e in entries if isinstance(e, Powered) and e.host == "n2"] == ["off", "on"]


def test_what_is_refused_says_why(tmp_path: Path) -> None:
    steps = "  - switchover: {to: standby}\n    at: 1s\n  - order: {do: promote, to: standby}\n    at: 1s"
    entries = played(steps, tmp_path)
    refused = [entry for entry in entries if isinstance(entry, Controlled) and not entry.ok]
    assert all(entry.detail for entry in refused) and len(answers(entries)) == 2
