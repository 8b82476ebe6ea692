"""Shims that the engine has forgotten: ours are found by their container's environment, and ended whole."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

import docker
import pytest
from docker.errors import NotFound

from harness.worlds.docker.stack import orphans
from harness.worlds.docker.stack.orphans import Orphan
from harness.worlds.owned import processes

PATIENCE_S = 10.0
RUN_ID = "feed0a0a"


class Engine:
    """Knows some containers."""

    def __init__(self, *known: str) -> None:
        self.api, self._known = self, known

    def inspect_container(self, container: str) -> None:
        if container not in self._known:
            raise NotFound("No such container")


def forgotten(*known: str) -> list[Orphan]:
    found = orphans.orphans(cast(docker.DockerClient, Engine(*known)))
    return [orphan for orphan in found if orphan.run_id == RUN_ID]


@pytest.fixture
def shim(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of that name, with one below it, where a shim works."""
    environment = ["PATH=/bin", f"FAILOVER_DRILL_RUN={RUN_ID}"]
    (tmp_path / "config.json").write_text(json.dumps({"process": {"env": environment, "args": ["serve"]}}))
    shell = shutil.which("sh")
    assert shell is not None
    does = "sleep 60 & read _"
    words = ["containerd-shim-runc-v2", "-c", does, "-namespace", "moby", "-id", "aaaa1111", "-address", "/x"]
    process = subprocess.Popen(words, executable=shell, cwd=tmp_path, stdin=subprocess.PIPE)
    until_s = time.monotonic() + PATIENCE_S
    while not processes.children(process.pid):
        assert time.monotonic() < until_s
        time.sleep(0.01)
    yield process
    for pid in (*processes.children(process.pid), process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.communicate()


def test_one_that_the_engine_does_not_know_is_found_with_its_run(shim: subprocess.Popen[bytes]) -> None:
    assert forgotten() == [Orphan(shim.pid, "aaaa1111", RUN_ID)]


def test_one_that_the_engine_knows_is_its_own(shim: subprocess.Popen[bytes]) -> None:
    assert forgotten("aaaa1111") == []


@pytest.mark.parametrize("content", ["", "{}", '{"process": {"env": ["PATH=/bin"]}}', "\0"])
def test_one_of_somebody_else_is_left_alone(
    shim: subprocess.Popen[bytes], content: str, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(content)
    assert forgotten() == []


def test_it_ends_with_what_is_below_it(shim: subprocess.Popen[bytes]) -> None:
    (orphan,), (below,) = forgotten(), processes.children(shim.pid)
    assert orphans.end(orphan) == 2
    assert shim.wait(PATIENCE_S) == -signal.SIGKILL
    assert processes.started_ticks(below) is None
    assert forgotten() == [] and orphans.end(orphan) == 0


def test_a_pid_that_was_used_again_is_left_alone(shim: subprocess.Popen[bytes]) -> None:
    assert orphans.end(Orphan(shim.pid, "bbbb2222", RUN_ID)) == 0
    assert shim.poll() is None and processes.children(shim.pid)
