"""The hosts' processes: what injection needs of whoever started them. A host is one process group.

Its main process leads the group; with it everything in the group ends, as with the first process of a
container. Nobody is waited for before the rest is gone, so a pid here never names somebody else's process.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from harness.model.errors import WorldError
from harness.seams import LocalProgram
from harness.setup.programs import environment
from harness.worlds.faults.containers import HERE
from harness.worlds.processes import groups
from harness.worlds.processes.spawner import Spawner

_POLL_S = 0.005
_GROUP_ENDS_WITHIN_S = 3.0
_STOPPED = frozenset("Tt")

Ended = Callable[[str, int], None]


class LocalHosts:
    """Offers harness.worlds.faults.containers.Containers and harness.worlds.faults.freezing.Freezer."""

    def __init__(self, programs: Mapping[str, LocalProgram], folder: Path, spawner: Spawner) -> None:
        """folder: of all hosts, each has one of its own there."""
        self._programs, self._folder, self._spawner = programs, folder, spawner
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.RLock()
        self.ended: Ended = lambda host, code: None

    def main_pid(self, host: str) -> int:
        with self._lock:
            self._look(host)
            process = self._running.get(host)
            return process.pid if process else 0

    def sandbox_pid(self, host: str) -> int:
        """All of them share this machine's network."""
        return HERE

    def grace_s(self, host: str) -> float:
        return self._programs[host].grace_s

    def start(self, host: str) -> None:
        program = self._programs[host]
        with self._lock:
            if self.main_pid(host):
                return
            folder = self._folder / host
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in program.files.items():
                (folder / name).write_text(text)
            process = self._spawner.spawn(host, _found(program.argv), program.environment, folder)
            self._running[host] = process
            threading.Thread(target=self._await, args=(host, process), daemon=True).start()

    def freeze(self, host: str) -> None:
        """The main process first: it must not see its children stand still."""
        for pid in reversed(groups.members(self._leader(host))):
            groups.send(pid, signal.SIGSTOP)

    def thaw(self, host: str) -> None:
        """The main process last."""
        with self._lock:
            process = self._running.get(host)
        for pid in groups.members(process.pid) if process else ():
            groups.send(pid, signal.SIGCONT)

    def seen(self, host: str, main_pid: int, *, frozen: bool, within_s: float) -> str:
        give_up_s = time.monotonic() + within_s
        while True:
            states = [groups.threads(pid) for pid in groups.members(main_pid)]
            stopped = [bool(letters) and _STOPPED.issuperset(letters) for letters in states]
            if states and (all(stopped) if frozen else not any(_STOPPED & {*letters} for letters in states)):
                return f"the threads of the {len(states)} processes of {host} are {' '.join(states)}"
            if time.monotonic() > give_up_s:
                signal_name = "SIGSTOP" if frozen else "SIGCONT"
                raise WorldError(f"the threads of {host} are {' '.join(states)} after {signal_name}")
            time.sleep(_POLL_S)

    def _leader(self, host: str) -> int:
        pid = self.main_pid(host)
        if not pid:
            raise WorldError(f"{host} does not run, so nothing can be done to its processes")
        return pid

    def _look(self, host: str) -> None:
        """What its main process has left is ended before that is waited for."""
        process = self._running.get(host)
        if process is None or not _is_over(process.pid):
            return
        give_up_s = time.monotonic() + _GROUP_ENDS_WITHIN_S
        while groups.members(process.pid):
            groups.end(process.pid)
            if time.monotonic() > give_up_s:
                raise WorldError(f"the processes of {host} do not end by SIGKILL")
            time.sleep(_POLL_S)
        process.wait()
        del self._running[host]

    def _await(self, host: str, process: subprocess.Popen[bytes]) -> None:
        """A thread of its own for each main process, until that ends."""
        with suppress(ChildProcessError):  # then somebody looked first, and waited for it
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        with self._lock:
            if self._running.get(host) is process:
                self._look(host)
        self.ended(host, process.wait())


def _found(argv: tuple[str, ...]) -> tuple[str, ...]:
    """An administrator's programs too."""
    path = environment()["PATH"]
    return (shutil.which(argv[0], path=path) or argv[0], *argv[1:])


def _is_over(pid: int) -> bool:
    """Dead, and not waited for by this; or so by somebody else, at the end of it all."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True
