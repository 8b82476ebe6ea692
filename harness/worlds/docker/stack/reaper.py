"""Outlives the harness: removes everything of a run when the harness dies without a word.

    python3 -m harness.worlds.docker.stack.reaper <run id> <log file>

The standard library alone until the harness is dead, since every start waits for it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from harness.worlds.owned.waiting import harness_died

# An operation that the engine had begun for a dead client may land this much later.
QUIET_S = 3.0
_WITHIN_S = 60.0
_TRY_AGAIN_S = 0.5


def main() -> None:
    run_id, log = sys.argv[1], Path(sys.argv[2])
    if harness_died():
        reap(run_id, log)


def reap(run_id: str, log: Path) -> None:
    """First ends what Compose has in flight, then removes, then looks again until nothing comes up."""
    from harness.model.errors import WorldError

    began_s = time.monotonic()
    while True:
        try:
            removed = _remove(run_id)
            return _note(log, f"the harness died; {removed} containers, networks and volumes were removed")
        except WorldError as error:
            if time.monotonic() - began_s > _WITHIN_S:
                return _note(log, f"the harness died; not everything was removed: {error}")
        time.sleep(_TRY_AGAIN_S)


def _remove(run_id: str) -> int:
    from harness.worlds.docker.stack import engine, removal
    from harness.worlds.owned import processes

    processes.end_marked(run_id)
    client = engine.connect()
    try:
        return removal.until_gone(
            client,
            run_id,
            within_s=_WITHIN_S,
            quiet_s=QUIET_S,
            before_each=lambda: processes.end_marked(run_id),
        )
    finally:
        client.close()


def _note(log: Path, text: str) -> None:
    """For the person who finds the run's folder; it may be gone."""
    try:
        log.write_text(f"{text}\n")
    except OSError:
        return


if __name__ == "__main__":
    main()
