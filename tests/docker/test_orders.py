"""Everything that a person may order, as steps of a drill in containers: carried out, told, harmless."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import journalfile
from harness.model.event import Controlled
from tests.docker.test_drills import TIMES, run

pytestmark = [pytest.mark.docker, pytest.mark.slow]

DRILL = """\
# Everything that a person may order, one after the other, under load.
drill: orders
target: reference
settings: {reference: {fence: device}}
load: {writers: 2, rate: 20/s}
steps:
  - wait: {for: steady, within: 30s}
  - order: {do: maintenance on, to: witness/1}
    at: 200ms
  - order: {do: promote, to: standby}
    at: 1s
  - wait: {for: failover, within: 20s}
  - wait: {for: steady, within: 20s}
  - order: {do: maintenance off, to: witness/1}
    at: 200ms
  - order: {do: power off, to: standby}
    at: 1s
  - order: {do: power on, to: standby}
    at: 2s
  - wait: {for: rejoined, within: 20s}
  - order: {do: rejoin, to: standby}
    at: 200ms
  - order: {do: force, to: standby}
    at: 1s
  - wait: {for: failover, within: 20s}
expect: {lost_writes: 0, split_brain: never, failovers: 2}
"""
ORDERS = ["maintenance on", "promote", "maintenance off", "power off", "power on", "rejoin", "force"]


def test_every_order_is_carried_out_and_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "orders.yaml").write_text(DRILL)
    code, verdict = run(tmp_path / "runs", f"{tmp_path / 'orders.yaml'}")
    (file,) = tmp_path.glob("runs/*/journal.jsonl")
    told = [entry for entry in journalfile.read(file).entries if isinstance(entry, Controlled)]
    assert [(one.action, one.ok) for one in told] == [(order, True) for order in ORDERS], told
    assert code in (0, 4), verdict
    assert [f for f in verdict.findings if f.judgement != "pass" and f.measure not in TIMES] == []
