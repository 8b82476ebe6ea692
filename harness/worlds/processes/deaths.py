"""A process that ends without a fault to explain it breaks the world."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Sequence

from harness.model.errors import WorldError
from harness.worlds.processes.gear import Gear
from harness.worlds.processes.hosts import LocalHosts
from harness.worlds.processes.spawner import Spawner


class DeathWatch:
    """Until closed. broke is called from threads, once for each process that ended."""

    def __init__(
        self,
        names: Sequence[str],
        hosts: LocalHosts,
        gear: Gear,
        spawner: Spawner,
        *,
        explained: Callable[[str], bool],
        broke: Callable[[BaseException], None],
    ) -> None:
        """Raises WorldError when one has ended already."""
        self._hosts, self._spawner = hosts, spawner
        self._explained, self._broke, self._closed = explained, broke, False
        hosts.ended = self._died
        for name in names:
            if not hosts.main_pid(name):
                raise self._ended(name, "at its start")
        for name, process in gear.processes.items():
            threading.Thread(target=self._follow, args=(name, process), daemon=True).start()

    def close(self) -> None:
        self._closed = True

    def _follow(self, name: str, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        self._tell(self._ended(f"the mesh's {name}", f"with exit code {code}", log=name))

    def _died(self, host: str, code: int) -> None:
        # Told late, and started again by the end of its fault: then it was explained.
        if not self._explained(host) and not self._hosts.main_pid(host):
            self._tell(self._ended(host, f"with exit code {code}"))

    def _ended(self, who: str, how: str, *, log: str = "") -> WorldError:
        return WorldError(
            f"{who} ended by itself, {how}; its last lines:\n{self._spawner.last_lines(log or who)}\n"
            f"  all of it: logs/{log or who}.log in the run's folder"
        )

    def _tell(self, error: WorldError) -> None:
        if not self._closed:
            self._broke(error)
