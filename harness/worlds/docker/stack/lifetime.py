"""What a run has in the engine, from before its first container until after its last."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

import docker

from harness.model.errors import WorldError
from harness.worlds.docker.stack import removal
from harness.worlds.docker.stack.hostcontainers import HostContainers
from harness.worlds.docker.weaving.ownership import Run
from harness.worlds.owned import processes
from harness.worlds.owned.reaping import Reaper

_REMOVED_WITHIN_S = 30.0


class Lifetime:
    """A reaper watches from the beginning. Ends by `end`, or by `abandon` when the start did not succeed."""

    def __init__(self, client: docker.DockerClient, folder: Path) -> None:
        """Raises WorldError; then nothing was made."""
        self._client, self._folder = client, folder
        self.run = Run(secrets.token_hex(4), processes.myself())
        self.reaper = Reaper("harness.worlds.docker.stack.reaper", self.run.id, folder / "reaper.log")

    def save_logs(self) -> None:
        """All containers', into the run's folder. Raises WorldError."""
        HostContainers(self._client, self.run.id).save_logs(self._folder / "logs")

    def end(self, *, keep: bool) -> None:
        """Remove everything, or leave it to the person. Raises WorldError; the reaper goes on trying then."""
        try:
            if not keep:
                removal.until_gone(self._client, self.run.id, within_s=_REMOVED_WITHIN_S)
        except WorldError:
            self.reaper.leave_it_to_it()
            raise
        self.reaper.dismiss()

    def abandon(self) -> None:
        """Remove what a start that did not succeed has made; never raises what would hide its reason."""
        with suppress(WorldError):
            self.save_logs()
        try:
            removal.until_gone(
                self._client,
                self.run.id,
                within_s=_REMOVED_WITHIN_S,
                quiet_s=removal.LANDS_WITHIN_S,
                before_each=lambda: processes.end_marked(self.run.id),
            )
        except WorldError:
            self.reaper.leave_it_to_it()
        else:
            self.reaper.dismiss()
