from __future__ import annotations

from pathlib import Path

import pytest

from harness.search.coverage import Coverage
from harness.search.hunt import hunt, one_of_each, reduced, summary
from harness.search.outcome import Broken, Outcome
from harness.search.reduction import Found
from harness.search.results import Folder, Result
from tests.search.fields import asked, field_of
from tests.worlds.simulator.rehearsals import judged, planned

DEFECT = "no-lease-check"


def search(folder: Folder) -> list[Result]:
    results = [*hunt(folder, field_of, workers=1)]
    folder.close()
    return results


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = Folder.new(tmp_path_factory.mktemp("search"), asked(schedules=60, defect=DEFECT))
    results = search(folder)
    (found,) = reduced(folder, field_of, summary(60, results).violations)
    return found


def test_a_search_ends_at_its_first_violation_and_says_how_to_see_it_again(found: Found) -> None:
    assert Path(found.file).name == f"two-deciders-{found.number}.yaml"
    assert found.command == f"failover-drill run {found.file} --world simulator --defect {DEFECT}"


def test_a_planted_defect_is_reduced_to_a_short_drill_with_its_story(found: Found) -> None:
    text = Path(found.file).read_text()
    assert text.count("\n  - ") <= 3 and "BROKEN, two-deciders" in text and "is primary" in text


def test_its_drill_file_fails_with_the_defect_and_passes_without(found: Found, tmp_path: Path) -> None:
    for defect, judgement in ((DEFECT, "fail"), ("", "pass")):
        folder = tmp_path / judgement
        folder.mkdir()
        plan = planned(Path(found.file), seed=_seed(Path(found.file)), trials=1, defect=defect)
        assert judged(plan, folder)[0].judgement == judgement


def _seed(file: Path) -> int:
    (line,) = [line for line in file.read_text().splitlines() if line.startswith("seed: ")]
    return int(line.removeprefix("seed: "))


def test_a_search_that_was_stopped_comes_to_the_same_answer(tmp_path: Path) -> None:
    whole = search(Folder.new(tmp_path / "whole", asked(schedules=6)))
    half = Folder.new(tmp_path / "half", asked(schedules=6))
    for result in whole[:3]:
        half.keep(result)
    half.close()
    assert search(Folder.resumed(tmp_path / "half")) == whole
    names = [path / "schedules.jsonl" for path in (tmp_path / "whole", tmp_path / "half")]
    assert names[0].read_bytes() == names[1].read_bytes()


def test_all_violations_are_counted_when_asked_for(tmp_path: Path) -> None:
    results = search(Folder.new(tmp_path, asked(schedules=12, defect=DEFECT, all_=True)))
    told = summary(12, results)
    assert told.played == 12 and len(told.violations) > 1


def violation(number: int, *names: str) -> Result:
    """The truth sees them at a time; who is written in capitals a client."""
    broken = tuple(Broken(name.lower(), None if name.isupper() else 1.0, "") for name in names)
    seen = Outcome(kind="violation", broken=broken)
    return Result(number=number, seed=number, outcome=seen, coverage=Coverage())


def test_of_each_name_one_is_reduced_and_rather_one_that_a_client_notices() -> None:
    """Such a one shows in any world."""
    violations = [
        violation(1, "two-deciders"),
        violation(2, "double-grant"),
        violation(3, "two-deciders", "SPLIT_BRAIN"),
        violation(4, "two-deciders", "STALE_READS"),
    ]
    assert [one.number for one in one_of_each(violations)] == [3, 2]
