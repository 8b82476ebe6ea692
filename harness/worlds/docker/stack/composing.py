"""Runs `docker compose up` for a person who may lose patience; none of its processes survives that."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import yaml

from harness.model.errors import WorldError
from harness.setup import images as images_at_hand
from harness.worlds.docker.stack.diagnosis import start_failed
from harness.worlds.docker.weaving.ownership import Run
from harness.worlds.owned import processes
from harness.worlds.owned.owner import MARK, OWNER_MARK

Say = Callable[[str], None]

# Images may have to be pulled or built first.
UP_WITHIN_S = 900.0
_REMIND_EVERY_S = 5.0


def up(file: Path, run: Run, services: Sequence[str], *, say: Say) -> None:
    """Bring up these services, or all when none is named. Raises WorldError, and whatever `say` raises.

    say is called every few seconds, since that is where a person's interrupt comes through.
    """
    argv = ["docker", "compose", "--file", str(file), "--project-name", run.project, "--progress", "plain"]
    argv += ["up", "--detach", "--quiet-pull", *services]
    with tempfile.TemporaryFile() as output:
        process = _begun(argv, run, output)
        try:
            code = _ended(process, say)
        finally:
            if process.poll() is None:
                processes.end_marked(run.id)
                process.kill()
                process.wait()
        if code != 0:
            output.seek(0)
            said, again = output.read().decode(errors="replace"), " ".join([*argv[:4], "up"])
            raise start_failed(said, again=again, absent=_absent(file))


def _absent(file: Path) -> dict[str, str]:
    """Services of the woven file whose images the engine does not have -> those images."""
    try:
        services = yaml.safe_load(file.read_text())["services"]
    except OSError:
        return {}
    images = {name: block["image"] for name, block in services.items() if "build" not in block}
    there = {image: images_at_hand.image_id(image) for image in set(images.values())}
    return {name: image for name, image in images.items() if not there[image]}


def _begun(argv: Sequence[str], run: Run, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """In a session of its own: an interrupt from the terminal is the harness's to answer."""
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, MARK: run.id, OWNER_MARK: run.owner.text},
            start_new_session=True,
        )
    except OSError as error:
        raise WorldError(f"docker: {error.strerror}\n  run `failover-drill setup`") from error


def _ended(process: subprocess.Popen[bytes], say: Say) -> int:
    began_s = time.monotonic()
    while True:
        try:
            return process.wait(timeout=_REMIND_EVERY_S)
        except subprocess.TimeoutExpired:
            waited_s = time.monotonic() - began_s
            if waited_s > UP_WITHIN_S:
                raise WorldError(f"the stack did not start within {UP_WITHIN_S:g} s") from None
            say(f"starting the stack: still at it after {waited_s:.0f} s")
