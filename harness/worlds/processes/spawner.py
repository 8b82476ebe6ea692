"""Starts the processes of a run, and knows all that it started."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from harness.model.errors import WorldError
from harness.setup.programs import environment

_LAST_LINES = 5


class Spawner:
    """Starts processes of a run: each in a session and with a log of its own, and with the run's marks."""

    def __init__(self, logs: Path, *, marks: Mapping[str, str], holds: int) -> None:
        """holds: a file that stays open as long as any of them lives."""
        self._logs, self._marks, self._holds = logs, marks, holds
        self._spawned: list[subprocess.Popen[bytes]] = []

    def spawn(
        self, name: str, argv: tuple[str, ...], more: Mapping[str, str], folder: Path
    ) -> subprocess.Popen[bytes]:
        """Raises WorldError."""
        try:
            with (self._logs / f"{name}.log").open("ab") as log:
                process = subprocess.Popen(
                    argv,
                    cwd=folder,
                    env=environment({**more, **self._marks}),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(self._holds,),
                    start_new_session=True,
                )
        except OSError as error:
            raise WorldError(f"{name} does not start: {argv[0]}: {error.strerror}") from error
        self._spawned.append(process)
        return process

    def wait_for_all(self) -> None:
        """Once they have been ended."""
        for process in self._spawned:
            process.wait()

    def last_lines(self, name: str) -> str:
        """Of its log, indented for an error."""
        try:
            lines = (self._logs / f"{name}.log").read_text(errors="replace").splitlines()
        except OSError as error:
            lines = [f"(no log: {error.strerror})"]
        return "\n".join(f"    {line}" for line in lines[-_LAST_LINES:] or ["(it said nothing)"])
