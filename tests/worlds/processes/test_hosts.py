"""Hosts that are process groups: started, ended, frozen, each with all that belongs to it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.model.errors import WorldError
from harness.seams import LocalProgram
from harness.worlds.owned import processes
from harness.worlds.processes import groups
from harness.worlds.processes.hosts import LocalHosts
from harness.worlds.processes.spawner import Spawner

# A main process and a child that would outlive it.
_PARENT = "import subprocess, time\nsubprocess.Popen(['sleep', '60'])\ntime.sleep(60)"
PATIENCE_S = 20.0


def until(condition: Callable[[], object]) -> None:
    give_up_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_s
        time.sleep(0.005)


def program(*argv: str) -> LocalProgram:
    return LocalProgram(argv=argv, environment={"SAID": "hello"}, files={"words": "of mine"})


class Hosts:
    def __init__(self, folder: Path) -> None:
        self.logs, self.folder = folder / "logs", folder / "hosts"
        self.logs.mkdir()
        self.lock = os.open("/dev/null", os.O_RDONLY)
        programs = {
            "pair": program(sys.executable, "-c", _PARENT),
            "short": program("sh", "-c", "cat words; echo $SAID; exit 3"),
            "nowhere": program("/no/such/program"),
        }
        self.spawner = Spawner(self.logs, marks={}, holds=self.lock)
        self.it = LocalHosts(programs, self.folder, self.spawner)

    def pair(self) -> int:
        """Its main process, once its child runs too."""
        self.it.start("pair")
        until(lambda: len(groups.members(self.it.main_pid("pair"))) == 2)
        return self.it.main_pid("pair")


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    it = Hosts(tmp_path)
    yield it
    pid = it.it.main_pid("pair")
    if pid:
        groups.end(pid)
        until(lambda: not it.it.main_pid("pair"))
    os.close(it.lock)


def test_with_its_main_process_all_of_a_host_ends(hosts: Hosts) -> None:
    main = hosts.pair()
    (child,) = [pid for pid in groups.members(main) if pid != main]
    os.kill(main, signal.SIGKILL)
    until(lambda: not hosts.it.main_pid("pair"))
    assert processes.started_ticks(child) is None
    assert groups.members(main) == ()


def test_an_end_is_told_with_its_code_after_the_whole_host_has_gone(hosts: Hosts) -> None:
    told, over = list[tuple[str, int]](), threading.Event()

    def ended(host: str, code: int) -> None:
        told.append((host, code))
        over.set()

    hosts.it.ended = ended
    hosts.it.start("short")
    assert over.wait(PATIENCE_S)
    assert told == [("short", 3)]
    assert hosts.it.main_pid("short") == 0


def test_it_finds_its_files_and_its_words_where_it_runs(hosts: Hosts) -> None:
    hosts.it.start("short")
    until(lambda: hosts.spawner.last_lines("short") == "    of minehello")
    assert (hosts.folder / "short" / "words").read_text() == "of mine"


def test_it_is_started_once_and_again_after_its_end(hosts: Hosts) -> None:
    main = hosts.pair()
    hosts.it.start("pair")
    assert hosts.it.main_pid("pair") == main
    os.kill(main, signal.SIGTERM)
    until(lambda: not hosts.it.main_pid("pair"))
    assert hosts.pair() != main


def test_a_frozen_host_stands_still_with_all_of_its_processes_and_goes_on(hosts: Hosts) -> None:
    main = hosts.pair()
    hosts.it.freeze("pair")
    assert "TT" in hosts.it.seen("pair", main, frozen=True, within_s=PATIENCE_S).replace(" ", "")
    with pytest.raises(WorldError, match="after SIGCONT"):
        hosts.it.seen("pair", main, frozen=False, within_s=0.0)
    hosts.it.thaw("pair")
    assert "T" not in hosts.it.seen("pair", main, frozen=False, within_s=PATIENCE_S).partition("are ")[2]
    with pytest.raises(WorldError, match="after SIGSTOP"):
        hosts.it.seen("pair", main, frozen=True, within_s=0.0)


def test_what_does_not_run_cannot_be_frozen(hosts: Hosts) -> None:
    with pytest.raises(WorldError, match="pair does not run"):
        hosts.it.freeze("pair")
    hosts.it.thaw("pair")


def test_a_program_that_is_not_there_is_named(hosts: Hosts) -> None:
    with pytest.raises(WorldError, match="nowhere does not start: /no/such/program: No such file"):
        hosts.it.start("nowhere")
