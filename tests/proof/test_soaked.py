"""A soak that is over: which exit code it deserves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness import runfolder
from harness.model.verdict import Finding, Verdict
from tests.proof import looks, soaked
from tests.proof.footprint import Footprint
from tests.proof.looks import Seen
from tests.reports import examples

TRIALS = 40


def finding(measure: Any, judgement: Any) -> Finding:
    return Finding(measure=measure, judgement=judgement, measured="1", bound="≤ 0", evidence=("trial 7: so",))


def left(
    folder: Path,
    *findings: Finding,
    who: str = "n1",
    more_files: int = 0,
    more_mb: float = 0.0,
    grows: str = "",
    trials: int = TRIALS,
    **last: Any,
) -> Path:
    """What a soak leaves. more: with each trial. grows: a time, by a ms a trial. last: of its last trial."""
    run = folder / "run"
    run.mkdir()
    numbers = range(1, trials + 1)
    made = [examples.trial(n, **_changed(n, grows), **(last if n == trials else {})) for n in numbers]
    verdict = Verdict(
        drill="kill-primary",
        judgement="fail" if findings else "pass",
        findings=findings,
        trials=tuple(made),
        trials_planned=TRIALS,
    )
    runfolder.write_plan(run, examples.plan_file(trials=TRIALS))
    runfolder.write_verdict(run, verdict)
    (run / runfolder.JOURNAL).write_bytes(b"x" * 1000 * trials)
    for n in numbers:
        held = Footprint(50.0 + more_mb * n, 40 + more_files * n, 3)
        looks.keep(folder / soaked.LOOKS, Seen(n, 4.0 * n, 0.0, {who: held}))
    return folder


def _changed(number: int, grows: str) -> dict[str, Any]:
    return {grows: examples.figure(0.05 + 0.001 * number)} if grows else {}


def test_one_that_neither_leaks_nor_drifts_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert soaked.told(left(tmp_path)) == 0
    told = capsys.readouterr().out
    assert "40 trials of kill-primary in 156 s, the times of 0 void\njournal: 0.0 MB, 1 kB a trial" in told
    assert "leaks: none" in told and told.count("no drift") == 3


def test_a_leak_fails_and_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert soaked.told(left(tmp_path, more_files=1)) == 1
    assert "leaks: files of n1" in capsys.readouterr().out


def test_a_trial_that_is_missing_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert soaked.told(left(tmp_path, trials=30)) == 1
    assert "wrong: 30 of 40 trials were made" in capsys.readouterr().out


def test_a_promise_that_was_broken_fails_and_a_time_that_was_long_does_not(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert soaked.told(left(tmp_path / "a", finding("lost_writes", "fail"))) == 1
    assert soaked.told(left(tmp_path / "b", finding("outage", "fail"), finding("noise", "unknown"))) == 0


def test_a_failover_too_many_is_told_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert soaked.told(left(tmp_path, finding("false_failovers", "fail"))) == 0
    assert "the drill itself: fail: false_failovers\n" in capsys.readouterr().out


def test_a_node_that_keeps_records_may_grow_with_them_and_nobody_else(tmp_path: Path) -> None:
    """A trial of the example acknowledges 400 and some writes."""
    for who, code in (("n1", 0), ("w1", 1)):
        (tmp_path / who).mkdir()
        assert soaked.told(left(tmp_path / who, who=who, more_mb=0.3)) == code


def test_a_node_that_has_more_to_read_may_be_longer_away(tmp_path: Path) -> None:
    """5 µs for each of 16,000 records; an outage has no such excuse."""
    for name, code in (("rejoin", 0), ("outage", 1)):
        (tmp_path / name).mkdir()
        assert soaked.told(left(tmp_path / name, grows=name)) == code


@pytest.mark.parametrize(("void", "code"), [("n1 was not scheduled for 2 s", 0), ("", 1)])
def test_a_time_that_never_came_fails_unless_the_machine_stood_still(
    void: str, code: int, tmp_path: Path
) -> None:
    assert soaked.told(left(tmp_path, outage=examples.figure(None), void=void)) == code


def test_so_few_trials_cannot_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.proof.test_soaked.TRIALS", 10)
    assert soaked.told(left(tmp_path, trials=10)) == 4


def test_one_that_broke_says_where_its_reason_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert soaked.told(tmp_path) == 3
    assert f"{tmp_path / 'told'} says why" in capsys.readouterr().out
