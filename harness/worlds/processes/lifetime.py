"""What a run has on this machine, from before its first process until after its last."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from pathlib import Path

from harness.model.errors import WorldError
from harness.setup.images import ROOT
from harness.worlds.owned import processes
from harness.worlds.owned.owner import MARK, OWNER_MARK
from harness.worlds.owned.reaping import Reaper
from harness.worlds.processes.addresses import claimed
from harness.worlds.processes.spawner import Spawner

HOSTS, LOGS = "hosts", "logs"
_ENDS_WITHIN_S = 10.0
_POLL_S = 0.02


class Lifetime:
    """A reaper watches from the beginning; `end` when nothing is wanted any more, started or not."""

    def __init__(self, folder: Path) -> None:
        """folder: the run's. Raises WorldError; then nothing was made."""
        self.block, self._lock = claimed()
        try:
            self.run_id = secrets.token_hex(4)
            self.hosts, self.logs = folder.resolve() / HOSTS, folder.resolve() / LOGS
            self.reaper = Reaper(
                "harness.worlds.processes.reaper",
                self.run_id,
                folder / "reaper.log",
                holds=(self._lock.fileno(),),
            )
            self._make_folders()
            self.spawner = Spawner(self.logs, marks=self.marks, holds=self.holds)
        except BaseException:
            self._lock.close()
            raise

    def _make_folders(self) -> None:
        try:
            self.hosts.mkdir()
            self.logs.mkdir(exist_ok=True)
        except OSError as error:
            self.reaper.dismiss()
            raise WorldError(
                f"{error.filename} cannot be made: {error.strerror}; free space or name another folder with "
                "--out DIR"
            ) from error

    @property
    def holds(self) -> int:
        """Whoever has this file open keeps the run's addresses."""
        return self._lock.fileno()

    @property
    def marks(self) -> dict[str, str]:
        """For the environment of every process of this run."""
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {
            MARK: self.run_id,
            OWNER_MARK: processes.myself().text,
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONUNBUFFERED": "1",
        }

    def end(self) -> None:
        """End everything and remove the hosts' folders. Raises WorldError; the reaper goes on trying then."""
        try:
            ended(self.run_id, within_s=_ENDS_WITHIN_S)
            self.spawner.wait_for_all()
            shutil.rmtree(self.hosts, ignore_errors=True)
        except WorldError:
            self.reaper.leave_it_to_it()
            raise
        finally:
            self._lock.close()
        self.reaper.dismiss()


def ended(run_id: str, *, within_s: float, quiet_s: float = 0.0) -> int:
    """End what works for this run until for quiet_s nothing has; how many that were. Raises WorldError."""
    began_s = quiet_since_s = time.monotonic()
    count = 0
    while True:
        found = processes.end_marked(run_id)
        now_s = time.monotonic()
        if found:
            count, quiet_since_s = count + found, now_s
        elif now_s - quiet_since_s >= quiet_s:
            return count
        if now_s - began_s > within_s:
            raise WorldError(
                f"processes of run {run_id} do not end by SIGKILL\n  `failover-drill clean` tries again"
            )
        time.sleep(_POLL_S)
