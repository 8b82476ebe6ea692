"""run, plan and check from words to exit code, over a world in memory."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness import run as workflow
from harness import runfolder, setup
from harness.cli import arguments, drills, main, worlds
from harness.model.errors import DrillError, WorldError
from harness.model.plan import Plan
from harness.seams import Stack
from harness.worlds.docker.weaving import inspection
from tests.run.memoryworld import MemoryWorld

DRILL = """\
# A short one.
drill: {name}
target: reference
trials: 2
steps:
  - wait: {{for: steady, within: 20s}}
  - kill: primary
    until: 1s
  - wait: {{for: rejoined, host: victim, within: 20s}}
expect: {{outage: {{max: 300ms}}, lost_writes: 0, failovers: 1}}
"""

Breaks = Callable[[MemoryWorld, int], None]


class Stage:
    """Where the drills run; how a world of the next run is to break."""

    def __init__(self) -> None:
        self.breaks: Breaks = lambda world, turn: None
        self.opens = True
        self.plans: list[Plan] = []

    def open(self, plan: Plan, folder: Path, say: workflow.Say) -> MemoryWorld:
        if not self.opens:
            raise WorldError("the mesh did not start; look at its log")
        self.plans.append(plan)
        world = MemoryWorld(plan, at_turn=lambda turn: self.breaks(world, turn))
        return world


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    it = Stage()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(worlds, "opener", lambda args, plans: it.open)
    monkeypatch.setattr(worlds, "at_hand", lambda targets: "docker")
    monkeypatch.setattr(drills, "images", lambda targets: {})
    for name in ("one", "two"):
        Path(f"{name}.yaml").write_text(DRILL.format(name=name))
    yield it


def forget_a_write(world: MemoryWorld, turn: int) -> None:
    world.forgets.add("t1.client1.0.0")


def test_a_good_run_reports_on_standard_output_and_its_progress_on_error(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "one.yaml"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1].startswith("PASS  one  2 trials on reference")
    assert "trial 2/2" in err
    assert "trial 2/2" not in out
    (folder,) = Path("runs").iterdir()
    assert folder.name.endswith("-one")


def test_a_machine_gets_the_whole_of_it_as_json_alone(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "one.yaml", "two.yaml", "--json", "--out", "elsewhere"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["exit_code"] == 0
    assert [run["drill"] for run in told["runs"]] == ["one", "two"]
    for run in told["runs"]:
        assert run["verdict"]["judgement"] == "pass"
        assert Path(run["folder"]).parent == Path("elsewhere")


def test_a_lost_write_fails_and_the_worst_of_several_counts(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_one(world: MemoryWorld, turn: int) -> None:
        if stage.plans[-1].drill == "one":
            forget_a_write(world, turn)

    stage.breaks = break_one
    assert main(["run", "one.yaml", "two.yaml"]) == 1
    summary = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("PASS", "FAIL"))]
    assert [line.split()[:2] for line in summary[-2:]] == [["FAIL", "one"], ["PASS", "two"]]


def test_a_world_that_does_not_open_is_one_message_in_both_languages(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.opens = False
    assert main(["run", "one.yaml"]) == 3
    assert "failover-drill: one: the mesh did not start; look at its log" in capsys.readouterr().err
    assert main(["run", "one.yaml", "--json"]) == 3
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert run["exit_code"] == 3
    assert "look at its log" in run["problem"]


def test_a_wrong_second_file_keeps_the_first_from_running(stage: Stage) -> None:
    Path("two.yaml").write_text("drill: two\n")
    assert main(["run", "one.yaml", "two.yaml"]) == 2
    assert stage.plans == []
    assert not Path("runs").exists()


def test_the_command_to_run_again_gives_the_same_plan(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["run", "one.yaml", "--trials", "1", "--defect", "no-lease-check", "--json"])
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    words = shlex.split(run["provenance"]["command"])
    assert words[0] == "failover-drill"
    arguments.parse(words[1:])
    main(words[1:])
    assert stage.plans[0] == stage.plans[1]


def test_a_stored_run_is_judged_again_and_nothing_is_written(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.breaks = forget_a_write
    main(["run", "one.yaml"])
    first = capsys.readouterr().out
    (folder,) = Path("runs").iterdir()
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert main(["check", str(folder)]) == 1
    assert capsys.readouterr().out == first
    assert main(["check", "runs", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["runs"][0]["exit_code"] == 1
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_a_judgement_that_has_changed_is_told(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "one.yaml"])
    (folder,) = Path("runs").iterdir()
    verdict = folder / runfolder.VERDICT
    verdict.write_text(verdict.read_text().replace('"judgement": "pass"', '"judgement": "fail"'))
    capsys.readouterr()
    assert main(["check", str(folder)]) == 0
    assert "the run itself was judged fail, today pass" in capsys.readouterr().err


def test_a_run_that_came_to_no_verdict_is_judged_and_that_is_told(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["run", "one.yaml"])
    (folder,) = Path("runs").iterdir()
    assert main(["check", str(folder)]) == 0
    assert "no verdict" not in capsys.readouterr().err
    (folder / runfolder.VERDICT).unlink()
    assert main(["check", str(folder)]) == 0
    assert f"{folder}: the run itself came to no verdict" in capsys.readouterr().err


def test_what_hinders_a_run_is_told_before_any_folder_is_made(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(setup, "ready", lambda own, **more: "no engine: run `failover-drill setup`")
    assert main(["run", "kill-primary"]) == 3
    text = capsys.readouterr().err
    assert "failover-drill setup" in text
    assert "failover-drill doctor" in text


def test_the_compose_file_of_a_later_drill_is_looked_at_before_the_first_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(stacks: Iterator[Stack]) -> None:
        later = [it.compose_file for it in stacks][1]
        raise DrillError("mend the file", path=later)

    monkeypatch.setattr(setup, "ready", lambda own, **more: "")
    monkeypatch.setattr(inspection, "must_weave", refuse)
    assert main(["run", "kill-primary", "sentinel-kill-primary", "--out", str(tmp_path / "runs")]) == 2
    assert "redis_sentinel/compose.yaml: mend the file" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_a_plan_needs_no_engine_and_is_the_same_for_the_same_seed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    texts = []
    for _ in range(2):
        assert main(["plan", "one.yaml", "kill-primary", "--seed", "4711"]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert main(["plan", "one.yaml", "--json"]) == 0
    (plan,) = json.loads(capsys.readouterr().out)
    assert len(plan["trials"]) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--world", "dockr"], "unknown world 'dockr'; did you mean 'docker'?"),
        (["--world", "remote"], "not offered yet"),
        (["--target", "referense"], "did you mean 'reference'?"),
        (["--defect", "no-lease-chek"], "did you mean 'no-lease-check'?"),
    ],
)
def test_a_wrong_choice_is_answered_by_the_right_one(
    stage: Stage, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "one.yaml", *words]) == 2
    assert says in capsys.readouterr().err
    assert stage.plans == []
