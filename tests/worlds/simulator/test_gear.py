"""Disks and clocks in whole drills: what happens to their hosts, and that all is well after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.event import Returned, RoleChanged
from harness.model.verdict import Verdict
from tests.worlds.simulator.rehearsals import applied, judged, of_text, operations

DRILL = """\
# A fault of what a host stands on.
drill: gear
target: reference
load: {{writers: 4, rate: 50/s, readers: 2, read_rate: 50/s}}
steps:
  - wait: {{for: steady, within: 20s}}
{fault}
  - hold: 3s
  - wait: {{for: steady, within: 20s}}
expect: {{lost_writes: 0, split_brain: never, stale_reads: 0}}
"""


def played(fault: str, tmp_path: Path, seed: int = 1) -> tuple[Verdict, list[RoleChanged], list[Returned]]:
    written = "\n".join(f"  {line}" for line in fault.splitlines())
    verdict, entries = judged(of_text(DRILL.format(fault=written), tmp_path, seed=seed), tmp_path)
    assert verdict.judgement == "pass", verdict
    assert applied(entries)
    begun_s = applied(entries)[0].after_s
    roles = [entry for entry in entries if isinstance(entry, RoleChanged) and entry.at_s >= begun_s]
    return verdict, roles, [op for op in operations(entries) if op.call_s >= begun_s]


@pytest.mark.parametrize("does", ["fail", "lose"])
def test_a_primary_dies_of_its_failing_disk_and_comes_back_when_it_is_mended(
    does: str, tmp_path: Path
) -> None:
    _, roles, _ = played(f"- disk: primary\n  does: {does}\n  at: 1s\n  until: 2s", tmp_path)
    down = next(said for said in roles if said.role == "down")
    successor = next(said for said in roles if said.role == "primary")
    back = next(said for said in roles if said.host == down.host and said.role == "standby")
    assert successor.host != down.host
    assert down.at_s < successor.at_s < back.at_s


def test_a_standby_whose_disk_stalls_holds_every_write_up_until_it_works(tmp_path: Path) -> None:
    _, _, ops = played("- disk: standby\n  does: stall\n  at: 1s\n  until: 1.5s", tmp_path)
    writes = [op for op in ops if op.kind == "write" and op.outcome == "ok" and op.ret_s is not None]
    assert max(op.ret_s - op.call_s for op in writes if op.ret_s is not None) > 0.4


@pytest.mark.parametrize("does", ["stall", "fail", "lose", "damage"])
def test_one_witness_without_its_disk_is_one_witness_less(does: str, tmp_path: Path) -> None:
    fault = (
        f"- disk: witness/1\n  does: {does}\n  at: 1s\n  until: 4s\n- kill: primary\n  at: 1.5s\n  until: 3s"
    )
    _, roles, _ = played(fault, tmp_path)
    assert [said for said in roles if said.role == "primary"]


def test_a_standby_on_a_damaged_disk_serves_nobody_and_comes_back_when_it_was_moved_away(
    tmp_path: Path,
) -> None:
    _, roles, _ = played("- disk: standby\n  does: damage\n  at: 1s\n  until: 2s", tmp_path)
    assert {said.role for said in roles if said.at_s < roles[0].at_s + 0.9} == {"down"}
    assert roles[-1].role == "standby" and roles[-1].at_s > roles[0].at_s + 0.9


@pytest.mark.parametrize("rate", ["0.999", "1.001"])
def test_a_clock_at_the_bound_of_its_rate_moves_nobody(rate: str, tmp_path: Path) -> None:
    _, roles, ops = played(f"- clock: primary\n  rate: {rate}\n  at: 0s\n  until: 3s", tmp_path)
    assert roles == []
    assert {op.outcome for op in ops} == {"ok"}


def test_what_another_fault_keeps_dead_stays_dead_when_the_disk_is_mended(tmp_path: Path) -> None:
    fault = "- kill: primary\n  at: 1s\n  until: 3s\n- disk: victim\n  does: lose\n  at: 1.2s\n  until: 2s"
    _, roles, _ = played(fault, tmp_path)
    victim = roles[0].host
    begun_s = roles[0].at_s
    back = next(said for said in roles if said.host == victim and said.role != "down")
    assert back.at_s > begun_s + 1.9


def test_a_frozen_process_that_hears_late_of_its_failed_write_dies_then_and_is_started(
    tmp_path: Path,
) -> None:
    """The disk works again by then, so nobody but the fault that failed the write would start it."""
    fault = "- disk: primary\n  does: fail\n  at: 1s\n  until: 1.1s\n- pause: primary\n  at: 1s\n  until: 2s"
    _, roles, _ = played(fault, tmp_path)
    down = next(said for said in roles if said.role == "down")
    assert down.at_s > roles[0].at_s
    assert [said.role for said in roles if said.host == down.host and said.at_s > down.at_s][-1] == "standby"
