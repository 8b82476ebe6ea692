"""The catalogue: every drill opens with its story, is named like its file, and can be planned."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import planner
from harness.drillfile import read_all
from harness.model.drill import Drill, KillStep
from harness.model.plan import Plan
from harness.planner.offers import offers_all
from targets.registry import SIMULATED, TARGETS

FOLDER = Path(__file__).parent.parent / "drills"
FILES = sorted(FOLDER.glob("*.yaml"))
SUITES = sorted(FOLDER.glob("suites/*.yaml"))
SAFETY = {"lost_writes", "rpo", "split_brain", "stale_reads", "false_failovers"}


def drill(file: Path) -> Drill:
    (found,) = read_all([file], FOLDER)
    return found


def plan(found: Drill) -> Plan:
    """In the simulator, unless only containers offer the target or a fault of it."""
    inside = found.target in SIMULATED and offers_all("simulator", found.steps)
    world = "simulator" if inside else "docker"
    return planner.plan(found, TARGETS[found.target], world=world, seed=1, trials=found.trials, defect="")


def names(paths: list[Path]) -> list[str]:
    return [path.stem for path in paths]


def test_the_catalogue_holds_what_it_promises() -> None:
    assert set(names(FILES)) >= {
        "calm",
        "kill-primary",
        "isolate-primary",
        "isolate-primary-async",
        "blind-witness",
        "pause-primary",
        "slow-link",
        "switchover",
    }


@pytest.mark.parametrize("file", FILES, ids=names(FILES))
def test_a_drill_opens_with_its_story_and_is_named_like_its_file(file: Path) -> None:
    found = drill(file)
    assert found.name == file.stem
    assert 2 <= len(found.story.splitlines()) <= 4


@pytest.mark.parametrize("file", FILES, ids=names(FILES))
def test_a_drill_can_be_planned_and_judges_safety(file: Path) -> None:
    planned = plan(drill(file))
    judged = {expected.measure for expected in planned.expect}
    unpromised = set() if planned.promises.reads_are_linearizable else {"lost_writes", "stale_reads"}
    assert judged >= SAFETY - unpromised


@pytest.mark.parametrize("file", FILES, ids=names(FILES))
def test_a_drill_says_how_many_failovers_it_expects(file: Path) -> None:
    said = [expected.limit for expected in drill(file).expect if expected.measure == "failovers"]
    strikes = {"kill-primary", "isolate-primary", "isolate-primary-async", "pause-primary", "switchover"}
    takeovers = {f"takeover-after-{point}" for point in ("decided", "seal", "commit")}
    assert said
    assert file.stem not in strikes | takeovers or set(said) == {1.0}


def test_the_stranded_client_goes_on_talking_to_the_primary_it_is_stranded_with() -> None:
    for name in ("isolate-primary", "isolate-primary-async", "pause-primary"):
        stranded, other = plan(drill(FOLDER / f"{name}.yaml")).clients
        assert (stranded.via, other.via) == ("primary", "router")
        assert stranded.writers and stranded.readers and other.writers and other.readers


def test_the_primary_is_paused_for_longer_than_its_lease() -> None:
    planned = plan(drill(FOLDER / "pause-primary.yaml"))
    step = planned.trials[0].steps[1].step
    assert isinstance(step, KillStep)
    assert step.until_s - step.at.high_s >= 4 * planned.promises.detection.limit_s


@pytest.mark.parametrize("file", SUITES, ids=names(SUITES))
def test_a_suite_can_be_planned(file: Path) -> None:
    assert all(plan(found).trials for found in read_all([file], FOLDER))


def test_the_flagship_suite_is_short() -> None:
    drills = read_all([FOLDER / "suites" / "flagship.yaml"], FOLDER)
    assert [(found.name, found.trials) for found in drills] == [("kill-primary", 3), ("isolate-primary", 3)]
    faults_s = sum(
        step.until_s * found.trials for found in drills for step in found.steps if hasattr(step, "until_s")
    )
    assert faults_s <= 30
