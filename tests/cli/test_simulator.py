"""`--world simulator` on the command line: it needs no engine, and refuses what only containers have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import main, worlds


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # No engine, no program: nothing of this machine is asked for.
    monkeypatch.setenv("PATH", "")


def test_a_drill_of_the_catalogue_runs_and_passes(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", "kill-primary", "--world", "simulator", "--trials", "1", "--seed", "4711", "--json"]
    assert main(words) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert run["verdict"]["judgement"] == "pass"
    assert run["plan"]["world"] == "simulator"
    assert run["provenance"]["images"] == {}
    assert "--world simulator" in run["provenance"]["command"]
    assert main(["check", run["folder"]]) == 0


def test_the_plan_names_the_world(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "kill-primary", "--world", "simulator", "--seed", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["world"] == "simulator"


def test_containers_cannot_be_kept_where_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "kill-primary", "--world", "simulator", "--keep"]) == 2
    assert "--keep leaves containers" in capsys.readouterr().err


def test_a_target_that_cannot_be_simulated_is_refused_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(worlds.OFFERED, "simulator", {})
    assert main(["run", "kill-primary", "--world", "simulator"]) == 2
    assert "--world docker" in capsys.readouterr().err
