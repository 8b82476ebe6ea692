"""Ends the processes that dead runs left, never those of a live one. By the marks in their environment."""

from __future__ import annotations

from collections.abc import Callable

from harness.worlds.owned import processes
from harness.worlds.owned.owner import owner_of
from harness.worlds.processes.lifetime import ended

_WITHIN_S = 60.0


def clean(say: Callable[[str], None]) -> int:
    """How many processes were ended. Raises WorldError."""
    return sum(_clean(run_id, say) for run_id in sorted(dead_runs()))


def dead_runs() -> set[str]:
    """Those with processes here whose owner has gone."""
    space = processes.pid_space()
    found = set[str]()
    for _, run_id, text in processes.marked():
        owner = owner_of(text)
        if owner and owner.pid_space == space and processes.started_ticks(owner.pid) != owner.started_ticks:
            found.add(run_id)
    return found


def _clean(run_id: str, say: Callable[[str], None]) -> int:
    say(f"ending what run {run_id} left: processes of this machine …")
    return ended(run_id, within_s=_WITHIN_S)
