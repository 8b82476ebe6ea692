"""Every fault on every kind of host, in whole drills: what it does, and that all is well after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.event import Healed, HealthReported, PhaseReached
from tests.worlds.simulator.rehearsals import applied, judged, of_text

DRILL = """\
# A fault.
drill: one-fault
target: reference
load: {{writers: 4, rate: 50/s, readers: 2, read_rate: 50/s}}
steps:
  - wait: {{for: steady, within: 20s}}
  - {fault}
    at: 1s..2s
    until: 3s
{then}
expect: {{lost_writes: 0, split_brain: never, stale_reads: 0, failovers: {failovers}}}
"""
REJOINED = "  - wait: {for: rejoined, host: victim, within: 20s}"
LATER = "  - hold: 1s"


def drill(fault: str, *, failovers: int) -> str:
    return DRILL.format(fault=fault, then=REJOINED if failovers else LATER, failovers=failovers)


@pytest.mark.parametrize(
    "fault",
    [
        "kill: primary",
        "kill: primary\n    scope: host",
        "stop: primary",
        "stop: primary\n    scope: host",
        "pause: primary",
        "pause: primary\n    scope: host",
        "partition: [[primary], rest]\n    how: refuse",
        "partition: [[primary], rest]\n    how: drop",
        "partition: [[primary], rest]\n    how: stall",
        "partition: [[primary], rest]\n    how: loss",
        "partition: [[primary], rest]\n    how: drop\n    direction: out",
        "partition: [[primary], rest]\n    how: stall\n    direction: out",
    ],
    ids=lambda fault: " ".join(fault.split()),
)
def test_the_standby_takes_over_and_nothing_is_lost(fault: str, tmp_path: Path) -> None:
    verdict, entries = judged(of_text(drill(fault, failovers=1), tmp_path), tmp_path)
    assert verdict.judgement == "pass", verdict
    assert len(applied(entries)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        "kill: witness/1",
        "stop: witness/2\n    scope: host",
        "pause: witness/3",
        "pause: router",
        "latency: [[primary], rest]\n    delay: 20ms\n    jitter: 10ms",
        "loss: [[client/1], rest]\n    share: 5%",
    ],
    ids=lambda fault: " ".join(fault.split()),
)
def test_what_does_not_touch_the_primary_moves_nobody(fault: str, tmp_path: Path) -> None:
    verdict, _ = judged(of_text(drill(fault, failovers=0), tmp_path), tmp_path)
    assert verdict.judgement == "pass", verdict


def test_a_dead_host_is_told_to_be_unreachable(tmp_path: Path) -> None:
    plan = of_text(drill("kill: primary\n    scope: host", failovers=1), tmp_path)
    _, entries = judged(plan, tmp_path)
    (fault,) = applied(entries)
    after = [e for e in entries if isinstance(e, HealthReported) and e.at_s >= fault.after_s]
    assert not after[0].ready
    assert after[0].detail
    assert any(report.ready and report.host == after[0].host for report in after)


def test_a_dead_process_is_handed_back_at_once_but_a_dead_host_is_waited_for(tmp_path: Path) -> None:
    took_s = {}
    for scope in ("process", "host"):
        folder = tmp_path / scope
        folder.mkdir()
        plan = of_text(drill(f"kill: primary\n    scope: {scope}", failovers=1), folder)
        _, entries = judged(plan, folder)
        (fault,) = applied(entries)
        took_s[scope] = next(
            entry.at_s - fault.after_s
            for entry in entries
            if isinstance(entry, PhaseReached) and entry.phase == "decided" and entry.at_s > fault.after_s
        )
    # The detector's silence is 0.4 s after the last heartbeat; an agent that saw its child die needs none.
    assert took_s["process"] < 0.1 < took_s["host"]


TWICE_DOWN = """\
# The primary's process is killed, then the rest of its host, which comes back later.
drill: twice-down
target: reference
load: {writers: 4, rate: 50/s}
steps:
  - wait: {for: steady, within: 20s}
  - kill: n1
    at: 1s
    until: 2s
  - kill: n1
    scope: host
    at: 1.5s
    until: 3s
  - wait: {for: rejoined, host: n1, within: 20s}
expect: {lost_writes: 0, failovers: 1}
"""


def test_the_end_of_one_fault_starts_nothing_that_another_one_keeps_down(tmp_path: Path) -> None:
    verdict, entries = judged(of_text(TWICE_DOWN, tmp_path), tmp_path)
    process, host = (entry for entry in entries if isinstance(entry, Healed))
    assert "stays down" in process.evidence[0] and "started anew" in host.evidence[0]
    ready = [e.at_s for e in entries if isinstance(e, HealthReported) and e.ready and e.host == "n1"]
    assert not any(process.after_s <= at_s < host.before_s for at_s in ready)
    assert verdict.judgement == "pass", verdict
