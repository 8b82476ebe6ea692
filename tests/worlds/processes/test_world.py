"""A stack of local processes from its start to its last trace, whoever dies meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness import planner, setup
from harness.model.errors import ExitCode, WorldError
from harness.model.plan import Plan
from harness.setup import local
from harness.setup.images import ROOT
from harness.worlds.owned import processes
from harness.worlds.processes.world import ProcessesWorld
from targets.reference.local import ReferenceLocal
from targets.reference.target import REFERENCE
from tests.drillfile.written import read

pytestmark = pytest.mark.processes

DRILL = """\
drill: d
target: reference
steps: [{kill: primary, until: 1s}]
expect: {lost_writes: 0}
"""
PATIENCE_S = 30.0
# Eight hosts, of which two have a child, Toxiproxy, and what runs beside it.
ALL = 12


def plan() -> Plan:
    return planner.plan(read(DRILL), REFERENCE, world="processes", seed=1, trials=1, defect="")


def until(condition: Callable[[], object]) -> None:
    give_up_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_s
        time.sleep(0.02)


def working_for(owner_pid: int) -> set[int]:
    """The processes of runs that this one owns."""
    return {pid for pid, _, owner in processes.marked() if owner.split(".")[0] == f"{owner_pid}"}


def opened(folder: Path, say: setup.Say = lambda text: None) -> ProcessesWorld:
    server = local.toxiproxy()
    assert server is not None
    return ProcessesWorld.open(plan(), REFERENCE, ReferenceLocal(), folder, say, toxiproxy=server)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ProcessesWorld]:
    it = opened(tmp_path)
    yield it
    it.close()


def broken(world: ProcessesWorld) -> str:
    """What the world says when it is gone."""
    give_up_s = time.monotonic() + PATIENCE_S
    with pytest.raises(WorldError) as caught:
        while time.monotonic() < give_up_s:
            world.advance()
    return f"{caught.value}"


def one_that_says(word: str) -> int:
    """The pid of ours with that in its command line."""
    (pid,) = [pid for pid in working_for(os.getpid()) if word in Path(f"/proc/{pid}/cmdline").read_text()]
    return pid


def test_what_it_started_is_gone_when_it_is_closed_and_the_logs_stay(tmp_path: Path) -> None:
    said = list[str]()
    it = opened(tmp_path, said.append)
    until(lambda: len(working_for(os.getpid())) == ALL)
    it.close()
    it.close()
    assert not working_for(os.getpid())
    assert {path.stem for path in (tmp_path / "logs").iterdir()} >= {"n1", "w3", "router", "client1", "hub"}
    assert not (tmp_path / "hosts").exists()
    assert said[-1].startswith("the stack is up")


def test_a_host_that_dies_unasked_breaks_it_and_its_last_words_are_told(world: ProcessesWorld) -> None:
    os.kill(one_that_says("witness_node\0w2"), signal.SIGKILL)
    said = broken(world)
    assert "w2 ended by itself, with exit code -9" in said
    assert "logs/w2.log" in said


def test_so_does_toxiproxy(world: ProcessesWorld) -> None:
    os.kill(one_that_says("-port=8474"), signal.SIGKILL)
    assert "the mesh's hub ended by itself" in broken(world)


def test_a_start_that_somebody_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def say(text: str) -> None:
        if "hosts' processes" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opened(tmp_path, say)
    assert not working_for(os.getpid())
    assert not (tmp_path / "hosts").exists()


RUNNING, STARTING = b"on reference (processes)", b"hosts' processes"


@pytest.mark.parametrize(
    ("number", "code", "when"),
    [
        (signal.SIGINT, ExitCode.INTERRUPTED, RUNNING),
        (signal.SIGKILL, -9, RUNNING),
        (signal.SIGTERM, ExitCode.TERMINATED, STARTING),
        (signal.SIGKILL, -9, STARTING),
    ],
)
def test_however_a_run_ends_nothing_of_it_runs_on(
    number: signal.Signals, code: int, when: bytes, tmp_path: Path
) -> None:
    words = ["run", "kill-primary", "--world", "processes", "--seed", "1", "--out", f"{tmp_path}"]
    run = subprocess.Popen(
        [sys.executable, "-m", "harness.cli", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # Whoever runs the tests beside other work ignores it, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert run.stderr is not None
    with run.stderr as said:
        assert any(when in line for line in said)
        if when == RUNNING:
            until(lambda: len(working_for(run.pid)) == ALL)
        run.send_signal(number)
        said.read()
    assert run.wait(PATIENCE_S) == code
    until(lambda: not working_for(run.pid))
    until(lambda: not [*tmp_path.glob("*/hosts")])
