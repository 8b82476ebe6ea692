"""An engine is installed and started only where that is ours to do, and never twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.model.errors import WorldError
from harness.setup import apt, engine
from harness.setup.engine import Answer

SILENT = Answer("", "Cannot connect")
HANGS = Answer("", "it hangs", hangs=True)


@pytest.fixture(autouse=True)
def own_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing here touches the machine's engine."""
    monkeypatch.setattr(engine, "PID_FILE", tmp_path / "docker.pid")
    monkeypatch.setattr(engine, "CONTAINERD_PID_FILE", tmp_path / "containerd.pid")
    monkeypatch.setattr(engine, "DAEMON_JSON", tmp_path / "etc/daemon.json")
    monkeypatch.setattr(engine, "LOG", tmp_path / "dockerd.log")
    monkeypatch.setattr(engine, "_systemd_runs", lambda: False)
    monkeypatch.setattr(engine, "_UP_WITHIN_S", 0.3)
    monkeypatch.setattr(engine, "version", lambda: "")
    monkeypatch.setattr(engine, "elsewhere", lambda: "")


@pytest.fixture
def living() -> Iterator[subprocess.Popen[bytes]]:
    """A process that calls itself dockerd."""
    script = "open('/proc/self/comm', 'w').write('dockerd'); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


class Dockerd:
    """Stands in for the program; counts how often it was launched."""

    def __init__(self) -> None:
        self.script = "pass"
        self.launched: list[subprocess.Popen[bytes]] = []

    def launch(self) -> subprocess.Popen[bytes]:
        with engine.LOG.open("ab") as log:
            self.launched.append(
                subprocess.Popen([sys.executable, "-c", self.script], stdout=log, stderr=log)
            )
        return self.launched[-1]


@pytest.fixture
def dockerd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dockerd]:
    program = Dockerd()
    monkeypatch.setattr(engine, "_launch", program.launch)
    monkeypatch.setattr(engine, "_UP_WITHIN_S", 10)
    yield program
    for process in program.launched:
        process.wait(10)


@pytest.fixture
def docker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Puts a docker command of this script in place of the machine's."""

    def put(script: str) -> None:
        program = tmp_path / "bin/docker"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    return put


def test_an_engine_that_answers_says_its_version(docker: Callable[[str], None]) -> None:
    docker("echo 20.10")
    assert engine.ask() == Answer("20.10")


def test_an_engine_that_refuses_is_quoted_by_its_last_line(docker: Callable[[str], None]) -> None:
    docker("echo Client: 20.10; echo no socket >&2; exit 1")
    assert engine.ask() == Answer("", "no socket")


def test_an_engine_that_takes_a_question_and_says_nothing_hangs(
    docker: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_ANSWER_WITHIN_S", 0.1)
    docker("exec sleep 30")
    assert engine.ask() == Answer("", "it hangs: it says nothing for 0.1 s", hangs=True)


def test_an_engine_that_hangs_is_nobody_s_to_start_again(living: subprocess.Popen[bytes]) -> None:
    engine.PID_FILE.write_text(f"{living.pid}")
    with pytest.raises(WorldError, match="it hangs") as raised:
        engine.must_be_ours_to_make(HANGS)
    assert f"`kill {living.pid}`" in str(raised.value)
    assert str(engine.LOG) in str(raised.value)


def test_under_an_init_system_that_restarts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_systemd_runs", lambda: True)
    assert "`systemctl restart docker`" in engine.remedy(HANGS)
    assert "journalctl" in engine.remedy(HANGS)


@pytest.mark.parametrize("answer", [SILENT, HANGS])
@pytest.mark.parametrize(
    ("chosen", "undo"),
    [
        ("DOCKER_HOST=unix:///nowhere/docker.sock", "`unset DOCKER_HOST`"),
        ("docker context 'far'", "`docker context use default`"),
    ],
)
def test_a_chosen_engine_that_does_not_answer_is_named_and_none_installed(
    monkeypatch: pytest.MonkeyPatch, answer: Answer, chosen: str, undo: str
) -> None:
    monkeypatch.setattr(engine, "elsewhere", lambda: chosen)
    with pytest.raises(WorldError, match=chosen) as raised:
        engine.must_be_ours_to_make(answer)
    assert str(raised.value).endswith(undo)
    assert answer.why in str(raised.value)
    assert "setup" not in str(raised.value)
    assert "apt-get" not in str(raised.value)


def test_an_engine_that_is_coming_up_is_waited_for_and_not_started_twice(
    monkeypatch: pytest.MonkeyPatch, living: subprocess.Popen[bytes], dockerd: Dockerd
) -> None:
    engine.PID_FILE.write_text(f"{living.pid}")
    answers = iter(["", ""])
    monkeypatch.setattr(engine, "version", lambda: next(answers, "20.10"))
    engine.start()
    assert dockerd.launched == []


def test_an_engine_that_hangs_is_named_by_its_process(living: subprocess.Popen[bytes]) -> None:
    engine.PID_FILE.write_text(f"{living.pid}")
    with pytest.raises(WorldError, match=f"`kill {living.pid}`"):
        engine.start()


def test_an_engine_that_dies_at_its_start_gives_its_last_words(dockerd: Dockerd) -> None:
    dockerd.script = "raise SystemExit('no space left on device')"
    with pytest.raises(WorldError, match="did not start") as raised:
        engine.start()
    assert "no space left on device" in str(raised.value)
    assert str(engine.LOG) in str(raised.value)


@pytest.mark.parametrize("number", ["999999999", f"{os.getpid()}", "", "nonsense"])
def test_what_a_dead_engine_left_does_not_stop_the_next(
    number: str, monkeypatch: pytest.MonkeyPatch, dockerd: Dockerd
) -> None:
    for left in (engine.PID_FILE, engine.CONTAINERD_PID_FILE):
        left.write_text(number)
    answers = iter([""])
    monkeypatch.setattr(engine, "version", lambda: next(answers, "20.10"))
    engine.start()
    assert len(dockerd.launched) == 1
    assert not engine.PID_FILE.exists()
    assert not engine.CONTAINERD_PID_FILE.exists()


def test_what_the_machine_s_own_file_says_is_not_said_again() -> None:
    every = engine._options()
    assert {"--bip", "--default-address-pool", "--log-level"} < {*every}
    engine.DAEMON_JSON.parent.mkdir()
    engine.DAEMON_JSON.write_text('{"bip": "10.0.0.1/24", "log-level": "debug"}')
    assert engine._options() == [word for word in every if "198.19.0" in word or "pool" in word]


def test_a_file_that_the_machine_has_already_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "install", lambda *packages: None)
    monkeypatch.setattr(engine, "found", lambda program: True)
    engine.DAEMON_JSON.parent.mkdir()
    engine.DAEMON_JSON.write_text("{}")
    engine.install()
    assert engine.DAEMON_JSON.read_text() == "{}"


def test_an_engine_of_ours_keeps_off_the_networks_that_people_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "install", lambda *packages: None)
    monkeypatch.setattr(engine, "found", lambda program: True)
    engine.install()
    assert engine._read_daemon_json()["bip"].startswith("198.19.")
    assert [word for word in engine._options() if "198." in word] == []


def test_an_engine_that_was_killed_and_not_yet_buried_runs_no_more(tmp_path: Path) -> None:
    pid_file = tmp_path / "docker.pid"
    with subprocess.Popen(["sleep", "60"]) as process:
        pid_file.write_text(f"{process.pid}")
        assert engine._process_of(pid_file, "sleep") == process.pid
        assert engine._process_of(pid_file, "dockerd") == 0
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert Path(f"/proc/{process.pid}/comm").read_text() == "sleep\n"
        assert engine._process_of(pid_file, "sleep") == 0
