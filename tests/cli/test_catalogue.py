"""The catalogue as a list: every drill, where it runs, and what another target can be asked."""

from __future__ import annotations

import msgspec
import pytest

from harness.cli import main
from harness.cli.catalogue import Row
from harness.cli.drills import DRILLS


def rows(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Row]:
    assert main(["drills", *words, "--json"]) == 0
    found = msgspec.json.decode(capsys.readouterr().out, type=list[Row])
    return {row.name: row for row in found}


def test_every_drill_is_listed_with_its_target_its_story_and_a_world_to_run_it_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = rows(capsys)
    assert set(found) == {file.stem for file in DRILLS.glob("*.yaml")}
    assert all(row.story and row.worlds for row in found.values())
    assert found["kill-primary"].worlds == ("docker", "processes", "simulator")
    assert found["failing-disk"].worlds == ("simulator",)
    assert (found["sentinel-tilt"].target, found["sentinel-tilt"].worlds) == ("redis-sentinel", ("docker",))


def test_of_another_target_those_are_listed_that_ask_only_for_what_it_offers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = rows(capsys, "--target", "redis-sentinel")
    assert {"kill-primary", "isolate-primary", "pause-primary", "sentinel-split"} <= set(found)
    assert not {"switchover", "kill-router", "failing-disk", "fence-lying"} & set(found)


def test_for_people_it_is_a_line_each_with_the_suites_below(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drills"]) == 0
    text = capsys.readouterr().out
    assert "kill-primary" in text and "redis-sentinel" in text
    assert "suites" in text and "flagship" in text


def test_an_unknown_target_is_told_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drills", "--target", "redis-sentinal"]) == 2
    assert "did you mean 'redis-sentinel'?" in capsys.readouterr().err
