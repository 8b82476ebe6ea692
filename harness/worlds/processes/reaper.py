"""Outlives the harness: ends every process of a run when the harness dies without a word.

    python3 -m harness.worlds.processes.reaper <run id> <log file>

The hosts' folders lie beside the log; they go too. It holds the run's addresses until all of that is over.
"""

from __future__ import annotations

import sys
from pathlib import Path

from harness.worlds.owned.waiting import harness_died

# What the harness was just starting carries its mark only a moment later.
QUIET_S = 0.5
_WITHIN_S = 60.0


def main() -> None:
    run_id, log = sys.argv[1], Path(sys.argv[2])
    if harness_died():
        reap(run_id, log)


def reap(run_id: str, log: Path) -> None:
    import shutil

    from harness.model.errors import WorldError
    from harness.worlds.processes.lifetime import HOSTS, ended

    try:
        count = ended(run_id, within_s=_WITHIN_S, quiet_s=QUIET_S)
        note = f"the harness died; {count} processes were ended"
    except WorldError as error:
        note = f"the harness died; not everything was ended: {error}"
    shutil.rmtree(log.parent / HOSTS, ignore_errors=True)
    try:
        log.write_text(f"{note}\n")
    except OSError:  # the run's folder may be gone
        return


if __name__ == "__main__":
    main()
