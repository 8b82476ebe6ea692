"""Killed at any moment, by SIGKILL, a run leaves nothing: no container, network, volume or process."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from harness.worlds.docker.clean import clean
from harness.worlds.docker.stack import reaper
from harness.worlds.docker.weaving.ownership import Run
from harness.worlds.owned import processes
from harness.worlds.owned.owner import MARK, Owner
from harness.worlds.owned.reaping import Reaper
from tests.docker.inside import Inside, left_of

pytestmark = pytest.mark.docker

ROOT = Path(__file__).resolve().parents[2]
GONE_WITHIN_S = 15.0


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.docker.harnessprocess", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def read_until(harness: subprocess.Popen[str], beginning: str) -> None:
    assert harness.stdout is not None
    for line in harness.stdout:
        if line.startswith(beginning):
            return
    raise AssertionError(f"the harness ended before it said '{beginning}'")


@pytest.mark.parametrize(
    ("after", "more_s"),
    [
        pytest.param("starting the mesh", 0.1, id="networks in flight"),
        pytest.param("starting the mesh", random.uniform(0.3, 1.5), id="containers in flight"),
        pytest.param("starting the services", random.uniform(0.0, 0.5), id="services in flight"),
        pytest.param("open", 0.0, id="running"),
    ],
)
def test_nothing_is_left_of_a_run_whose_harness_was_killed(
    harness: subprocess.Popen[str], after: str, more_s: float, tmp_path: Path, client: docker.DockerClient
) -> None:
    read_until(harness, after)
    time.sleep(more_s)
    killed_s = time.monotonic()
    harness.send_signal(signal.SIGKILL)
    harness.wait()
    wait_for_the_reaper(tmp_path)
    assert time.monotonic() - killed_s < GONE_WITHIN_S
    run_id = Inside(client, tmp_path).project.removeprefix("failover-drill-")
    assert left_of(client, run_id) == [], f"killed {more_s:.2f} s after '{after}'"
    assert processes.end_marked(run_id) == 0
    assert processes_that_say(run_id) == []


def wait_for_the_reaper(folder: Path) -> None:
    """It notes what it did as its last act."""
    give_up_s = time.monotonic() + 2 * GONE_WITHIN_S
    while not (folder / "reaper.log").exists():
        assert time.monotonic() < give_up_s, "the reaper did not finish"
        time.sleep(0.05)
    time.sleep(0.2)


def processes_that_say(word: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                line = (entry / "cmdline").read_bytes().decode()
            except OSError:
                continue
            found += [line] if word in line else []
    return found


def test_a_reaper_that_is_dismissed_leaves_all_alone(tmp_path: Path, client: docker.DockerClient) -> None:
    run = Run("feed0001", processes.myself())
    kept = Reaper("harness.worlds.docker.stack.reaper", run.id, tmp_path / "reaper.log")
    client.api.create_volume("failover-drill-feed0001", labels=run.labels())
    try:
        kept.dismiss()
        assert processes.started_ticks(kept.pid) is None
        assert left_of(client, run.id) == ["failover-drill-feed0001"]
        assert not (tmp_path / "reaper.log").exists()
    finally:
        client.api.remove_volume("failover-drill-feed0001")


def test_a_compose_in_flight_is_ended_before_anything_is_removed(
    tmp_path: Path, client: docker.DockerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaper, "QUIET_S", 0.2)
    run = Run("feed0002", Owner(1, 1, "0"))
    compose = in_flight(run)
    reaper.reap(run.id, tmp_path / "reaper.log")
    assert compose.wait(timeout=5) == -signal.SIGKILL
    assert left_of(client, run.id) == []


def in_flight(run: Run) -> subprocess.Popen[bytes]:
    """Makes a network of the run's again and again."""
    labels = " ".join(f"--label {name}={value}" for name, value in run.labels().items())
    again = f"while :; do docker network create {labels} {run.project}; sleep 0.05; done"
    return subprocess.Popen(
        ["sh", "-c", again],
        env={**os.environ, MARK: run.id},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_clean_ends_a_compose_whose_run_and_reaper_are_dead(client: docker.DockerClient) -> None:
    run = Run("feed0005", Owner(2**22 + 1, 1, processes.pid_space()))
    compose = in_flight(run)
    try:
        wait_until(lambda: bool(left_of(client, run.id)))
        assert clean(lambda text: None) >= 1
        assert compose.wait(timeout=5) == -signal.SIGKILL
        assert left_of(client, run.id) == []
    finally:
        compose.kill()


def wait_until(there: Callable[[], bool]) -> None:
    give_up_s = time.monotonic() + GONE_WITHIN_S
    while not there():
        assert time.monotonic() < give_up_s
        time.sleep(0.05)


def test_clean_removes_what_an_ended_run_left_and_nothing_of_a_live_one(client: docker.DockerClient) -> None:
    nobody = Owner(2**22 + 1, 1, processes.pid_space())
    ended, live = Run("feed0003", nobody), Run("feed0004", processes.myself())
    for run in (ended, live):
        client.api.create_volume(run.project, labels=run.labels())
        client.api.create_network(run.project, labels=run.labels(), internal=True)
    said: list[str] = []
    try:
        assert clean(said.append) >= 2
        assert "removing what run feed0003 left: 1 network, 1 volume …" in said
        assert left_of(client, ended.id) == []
        assert len(left_of(client, live.id)) == 2
    finally:
        client.api.remove_network(live.project)
        client.api.remove_volume(live.project)
