"""A drill in containers as a process of its own, seen from outside. Strikes nobody."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# Judged is safety alone, so that it passes on any machine where nothing is killed but the primary.
DRILL = """\
# The primary dies under load, while the harness itself is struck.
drill: struck
target: reference
load: {writers: 2, rate: 20/s}
steps:
  - wait: {for: steady, within: 20s}
  - kill: primary
    at: 500ms
    until: 1s
  - wait: {for: rejoined, host: victim, within: 20s}
expect: {lost_writes: 0, split_brain: never}
"""
# How long a whole run takes; a moment after its end strikes nobody, and that is told.
WHOLE_S = 14.0
ENDS_WITHIN_S = 120.0
_POLL_S = 0.02


class StruckRun:
    """id: of the run, and reaper: its process; empty and 0 until `known`."""

    def __init__(self, folder: Path, seed: int) -> None:
        folder.mkdir(parents=True)
        folder = folder.resolve()
        (folder / "struck.yaml").write_text(DRILL)
        self._runs, self._told = folder / "runs", folder / "told"
        words = ["run", f"{folder / 'struck.yaml'}", "--seed", f"{seed}", "--out", f"{self._runs}"]
        self._began_s = time.monotonic()
        with self._told.open("w") as told, (folder / "report").open("w") as report:
            self.process = subprocess.Popen(command(*words), cwd=ROOT, stdout=report, stderr=told)
        self.id, self.reaper = "", 0

    @property
    def over(self) -> bool:
        return self.process.poll() is not None

    @property
    def since_s(self) -> float:
        return time.monotonic() - self._began_s

    @property
    def doing(self) -> str:
        """What it told last."""
        lines = self._told.read_text().splitlines()
        return lines[-1].strip() if lines else "nothing yet"

    @property
    def folder(self) -> Path | None:
        return next(iter(self._runs.glob("*")), None)

    @property
    def measured(self) -> bool:
        """Its journal has the end of the last trial; what was started is removed from now on."""
        return b'{"type":"run_ended"' in self._journal

    @property
    def closed(self) -> bool:
        """Its journal has its last line: all was measured, and removed; what dies now changes nothing."""
        return b'\n{"entries":' in self._journal[-200:]

    @property
    def _journal(self) -> bytes:
        """As far as it goes."""
        try:
            return (self.folder / "journal.jsonl").read_bytes() if self.folder else b""
        except FileNotFoundError:
            return b""

    def known(self) -> bool:
        """By its reaper, which is there before anything else is, and whose words name the run."""
        for pid, words in () if self.id else _processes():
            if words[-1].startswith(f"{self._runs}/") and words[-1].endswith("reaper.log"):
                self.reaper, self.id = pid, words[-2]
        return bool(self.id)

    def wait(self, until: Callable[[], bool]) -> None:
        """Until then, or its end, or far too long."""
        while not (until() or self.over or self.since_s > ENDS_WITHIN_S):
            time.sleep(_POLL_S)


@contextmanager
def struck_run(folder: Path, seed: int) -> Iterator[StruckRun]:
    """It is ended when the test is, whatever became of that."""
    run = StruckRun(folder, seed)
    try:
        yield run
    finally:
        if not run.over:
            run.process.terminate()
            run.process.wait(timeout=ENDS_WITHIN_S)


def whole_run(folder: Path) -> int:
    """The exit code of one that nobody strikes."""
    with struck_run(folder, 1) as run:
        return run.process.wait(timeout=ENDS_WITHIN_S)


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "harness.cli", *words]


def asked(*words: str) -> int:
    """The exit code of this command."""
    done = subprocess.run(command(*words), cwd=ROOT, capture_output=True, timeout=ENDS_WITHIN_S, check=False)
    return done.returncode


def _processes() -> Iterator[tuple[int, list[str]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
            except OSError:
                continue
            if len(words) > 2:
                yield int(entry.name), words
