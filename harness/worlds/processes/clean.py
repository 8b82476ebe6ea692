"""Ends the processes that dead runs left, never those of a live one. By the marks in their environment.

A `docker compose` that a run in containers left carries them as well.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from harness.worlds.owned import processes
from harness.worlds.owned.owner import owner_of
from harness.worlds.processes.lifetime import HOSTS, LOGS, ended

_WITHIN_S = 60.0


def clean(say: Callable[[str], None]) -> int:
    """How many processes were ended; their hosts' folders go with them. Raises WorldError."""
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
    folders = {*_hosts_of(run_id)}
    count = ended(run_id, within_s=_WITHIN_S)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return count


def _hosts_of(run_id: str) -> Iterator[Path]:
    """Where the hosts of a run have their folders: a host works in its own, what links them beside those."""
    for pid in processes.working_for(run_id):
        with suppress(OSError):
            works_in = Path(f"/proc/{pid}/cwd").readlink()
            for folder in (works_in, works_in.parent):
                if folder.name == HOSTS and (folder.parent / LOGS).is_dir():
                    yield folder
