"""The harness's end of its reaper: started before anything is made, told to leave when nothing is left."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from harness.model.errors import WorldError
from harness.setup.images import ROOT
from harness.worlds.owned.waiting import LEAVE, READY

_LEAVES_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.5


class Reaper:
    """A process in a session of its own. It acts once this process is gone, and not before."""

    def __init__(self, module: str, run_id: str, log: Path, *, holds: Collection[int] = ()) -> None:
        """module: the program; it begins with harness.worlds.owned.waiting, and is given run_id and log.

        holds: files that stay open as long as it lives.

        Raises WorldError when it cannot be started: then nothing may be made.
        """
        self._let_gone = False
        argv = [sys.executable, "-m", module, run_id, str(log.resolve())]
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        try:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                start_new_session=True,
                pass_fds=tuple(holds),
            )
        except OSError as error:
            raise WorldError(f"could not start the reaper: {error.strerror}\n  {_WITHOUT}") from error
        assert self._process.stdout is not None
        if self._process.stdout.readline() != READY:
            self._let_go(_LEAVES_WITHIN_S)
            raise WorldError(f"the reaper did not start: `{' '.join(argv[:4])}` ended at once\n  {_WITHOUT}")

    @property
    def pid(self) -> int:
        return self._process.pid

    def watch(self, broke: Callable[[BaseException], None]) -> None:
        """From now on its own death is told, once: then nobody would remove what a crash leaves."""
        threading.Thread(target=self._follow, args=(broke,), name="reaper", daemon=True).start()

    def _follow(self, broke: Callable[[BaseException], None]) -> None:
        held = os.pidfd_open(self.pid)
        try:
            death = select.poll()
            death.register(held, select.POLLIN)
            while not self._let_gone and not death.poll(_LOOK_EVERY_S * 1000):
                pass
        finally:
            os.close(held)
        if not self._let_gone:
            broke(WorldError(f"the reaper (process {self.pid}) ended by itself; {_ENDED}"))

    def dismiss(self) -> None:
        """Nothing is left, or it is meant to stay: the reaper leaves."""
        self._let_gone = True  # First: a quick one's leave must not be taken for its death.
        with suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.write(LEAVE)
            self._process.stdin.flush()
        self._let_go(_LEAVES_WITHIN_S)

    def leave_it_to_it(self) -> None:
        """Something is left that this process could not remove: the reaper goes on trying, then leaves."""
        self._let_go(0.0)

    def _let_go(self, wait_s: float) -> None:
        self._let_gone = True
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=wait_s)


_ENDED = "without it a crash would leave faults, and all that was started, behind, so the run was ended"
_WITHOUT = "without it a crash would leave faults, and all that was started, behind, so nothing was started"
