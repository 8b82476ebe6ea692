"""Which world a drill runs in, when it is named and when it is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness import setup
from harness.cli import main, worlds
from harness.cli.arguments import Namespace
from harness.model.errors import ExitCode, WorldError
from harness.setup import engine, local, machine
from harness.setup.engine import Answer

RESETS = """\
# Every connection is reset.
drill: mine
target: reference
steps:
  - wait: {for: steady, within: 20s}
  - reset: [primary, client/1]
    until: 1s
expect: {lost_writes: 0}
"""
DEAD = Answer("", "the docker command is not installed")


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def surroundings(monkeypatch: pytest.MonkeyPatch, *, answer: Answer, hindrance: str = "") -> None:
    monkeypatch.setattr(engine, "ask", lambda: answer)
    monkeypatch.setattr(local, "hindrance", lambda needs: hindrance)


def test_with_an_engine_it_is_containers(monkeypatch: pytest.MonkeyPatch) -> None:
    surroundings(monkeypatch, answer=Answer("27.0"))
    assert worlds.at_hand({"reference"}) == "docker"


def test_without_one_it_is_processes_and_what_docker_would_add_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    surroundings(monkeypatch, answer=DEAD)
    assert worlds.at_hand({"reference"}) == "processes"
    said = capsys.readouterr().err
    assert "no Docker engine answers (the docker command is not installed)" in said
    assert "To have one: " in said


def test_what_is_not_ready_or_not_offered_there_waits_for_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    surroundings(monkeypatch, answer=DEAD)
    assert worlds.at_hand({"reference", "redis-sentinel"}) == "docker"
    surroundings(monkeypatch, answer=DEAD, hindrance="Toxiproxy is missing")
    assert worlds.at_hand({"reference"}) == "docker"


def test_containers_that_were_asked_for_are_never_replaced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    surroundings(monkeypatch, answer=DEAD)
    monkeypatch.setattr(setup, "ready", lambda own, setup: "no Docker engine answers: there is none")
    assert main(["run", "kill-primary", "--world", "docker"]) == ExitCode.BROKEN_SURROUNDINGS
    assert "no Docker engine answers" in capsys.readouterr().err


def test_what_the_processes_world_lacks_is_told_with_its_fix(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    surroundings(monkeypatch, answer=DEAD, hindrance="Toxiproxy is missing: run `x`")
    assert main(["run", "kill-primary", "--world", "processes"]) == ExitCode.BROKEN_SURROUNDINGS
    assert "Toxiproxy is missing: run `x`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--keep"], "--keep leaves containers for a look"),
        (["--target", "redis-sentinel"], "cannot run as local processes; run it with --world docker"),
    ],
)
def test_what_it_cannot_give_is_refused_before_anything_starts(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "kill-primary", "--world", "processes", *words]) == ExitCode.WRONG_INPUT
    assert says in capsys.readouterr().err
    assert not Path("runs").exists()


def test_a_set_up_without_an_engine_prepares_processes_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    surroundings(monkeypatch, answer=DEAD)
    prepared = list[str]()

    def refuse(say: object, own: object) -> None:
        raise WorldError("no Docker engine answers: none")

    monkeypatch.setattr(setup, "prepare", refuse)
    monkeypatch.setattr(local, "prepare", lambda say, needs: prepared.extend(needs))
    assert main(["setup"]) == ExitCode.PASS
    assert prepared == ["haproxy"]
    said = capsys.readouterr().err
    assert "Docker would add" in said
    assert "what drills as processes need is there, and nothing for containers" in said
    assert "everything that drills need" not in said
    assert main(["setup", "--world", "docker"]) == ExitCode.BROKEN_SURROUNDINGS
    assert main(["setup", "--target", "redis-sentinel"]) == ExitCode.BROKEN_SURROUNDINGS
    monkeypatch.setattr(engine, "ask", lambda: Answer("27.0"))
    assert main(["setup"]) == ExitCode.BROKEN_SURROUNDINGS


def test_whoever_chose_processes_is_told_what_docker_would_add(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    surroundings(monkeypatch, answer=DEAD)
    monkeypatch.setattr(local, "toxiproxy", lambda: Path("/bin/true"))
    worlds.opener(Namespace(world="processes", keep=False), [])
    assert "Docker would add" in capsys.readouterr().err


def test_links_that_reset_need_somebody_who_may(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    surroundings(monkeypatch, answer=DEAD)
    monkeypatch.setattr(local, "toxiproxy", lambda: Path("/bin/true"))
    monkeypatch.setattr(machine, "may_reset_connections", lambda: False)
    Path("mine.yaml").write_text(RESETS)
    assert main(["run", "mine.yaml", "--world", "processes"]) == ExitCode.BROKEN_SURROUNDINGS
    assert "only root may reset connections" in capsys.readouterr().err


def test_to_clean_needs_an_engine_only_where_there_could_be_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = list[str]()

    def removes(what: str, count: int) -> Callable[..., int]:
        def clean(say: object, *, just_ended: bool = False) -> int:
            said.append(f"{what}, just ended" if just_ended else what)
            return count

        return clean

    monkeypatch.setattr("harness.worlds.processes.clean.clean", removes("processes", 2))
    monkeypatch.setattr("harness.worlds.docker.clean.clean", removes("engine", 3))
    monkeypatch.setattr("harness.setup.programs.found", lambda program: False)
    assert main(["clean"]) == ExitCode.PASS
    assert (said, capsys.readouterr().err) == (["processes"], "2 removed\n")
    monkeypatch.setattr("harness.setup.programs.found", lambda program: True)
    assert main(["clean"]) == ExitCode.PASS
    assert (said[1:], capsys.readouterr().err) == (["processes", "engine, just ended"], "5 removed\n")
    monkeypatch.setattr("harness.worlds.processes.clean.clean", removes("processes", 0))
    assert main(["clean"]) == ExitCode.PASS
    assert said[3:] == ["processes", "engine"]
