"""The report of a run: what a person must be able to read in it, at any width, without colour or UTF-8."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.verdict import Verdict
from reports.look import Look
from reports.terminal import Report, summary, trials_text
from reports.timeline import median_and_worst
from tests.reports import examples
from tests.reports.drawing import drawn, squeezed

EXAMPLES: list[Callable[[], Verdict]] = [
    examples.passed,
    examples.split_brain,
    examples.unknown,
    examples.censored,
]


def report(verdict: Verdict, *, width: int = 100, ascii: bool = False, colour: bool = False) -> str:
    file = examples.plan_file(trials=verdict.trials_planned)
    return drawn(Report(file, verdict, folder="runs/some-run", look=Look(ascii)), width=width, colour=colour)


@pytest.mark.parametrize("verdict", EXAMPLES)
@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("ascii", [False, True])
def test_no_line_is_longer_than_the_terminal(verdict: Callable[[], Verdict], width: int, ascii: bool) -> None:
    lines = report(verdict(), width=width, ascii=ascii).splitlines()
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("verdict", EXAMPLES)
def test_an_ascii_terminal_gets_ascii_alone(verdict: Callable[[], Verdict]) -> None:
    assert report(verdict(), ascii=True).isascii()


@pytest.mark.parametrize(
    ("world", "says"),
    [("processes", "Docker would add a network of its own"), ("simulator", "Times are virtual")],
)
def test_what_a_world_s_figures_lack_is_said_on_top(world: str, says: str) -> None:
    verdict = examples.passed()
    file = examples.plan_file(trials=verdict.trials_planned)
    file = msgspec.structs.replace(file, plan=msgspec.structs.replace(file.plan, world=world))
    text = drawn(Report(file, verdict, folder="runs/some-run", look=Look()), width=100)
    assert says in squeezed(text)
    assert says not in squeezed(report(verdict))


@pytest.mark.parametrize("verdict", EXAMPLES)
def test_no_colour_means_no_control_codes(verdict: Callable[[], Verdict]) -> None:
    assert "\x1b" not in report(verdict())
    assert "\x1b" in report(verdict(), colour=True)


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("verdict", EXAMPLES)
def test_all_evidence_of_what_did_not_pass_is_there_in_full(
    verdict: Callable[[], Verdict], width: int
) -> None:
    judged = verdict()
    text = squeezed(report(judged, width=width))
    for finding in judged.findings:
        if finding.judgement != "pass":
            for line in finding.evidence:
                assert squeezed(line) in text


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("verdict", EXAMPLES)
def test_every_bound_stands_beside_its_judgement(verdict: Callable[[], Verdict], width: int) -> None:
    judged = verdict()
    table = report(judged, width=width).split("Trial ")[0]
    for judgement, word in (("pass", "pass"), ("fail", "FAIL"), ("unknown", "UNKNOWN")):
        expected = sum(finding.judgement == judgement for finding in judged.findings)
        assert len(re.findall(rf" {word}\s*$", table, re.MULTILINE)) == expected


def test_an_exact_number_is_one_line_until_one_side_of_it_fails() -> None:
    least = examples.finding("failovers", bound="≥ 1")
    most = examples.finding("failovers", bound="≤ 1")
    both = msgspec.structs.replace(examples.passed(), findings=(most, least))
    assert report(both).count("exactly 1") == 1
    broken = msgspec.structs.replace(both, findings=(msgspec.structs.replace(most, judgement="fail"), least))
    assert "exactly" not in report(broken)


def test_the_verdict_comes_first() -> None:
    lines = [line for line in report(examples.split_brain()).splitlines() if line.strip("━ ")]
    assert lines[0].startswith("FAIL  kill-primary")
    assert "7 trials on reference (docker), seed 4711" in lines[0]
    assert lines[1].startswith("Failed: split brain, lost writes.")


def test_a_run_that_stopped_early_says_how_many_trials_it_has() -> None:
    assert trials_text(examples.unknown()) == "3 of 30 trials, the times of 1 void,"


def test_the_summary_says_what_a_drill_was_there_to_show() -> None:
    """Else a pass would read as praise."""
    passed = examples.passed()
    seen = tuple(msgspec.structs.replace(f, shown=f.measure == "lost_writes") for f in passed.findings)
    assert "Shown, as it should: lost writes." in summary(msgspec.structs.replace(passed, findings=seen))
    assert "Shown" not in summary(passed)


def test_the_summary_names_the_outage_the_loss_and_the_split() -> None:
    assert summary(examples.split_brain()) == (
        "Failed: split brain, lost writes. Outage 100 ms in the median trial, 292 ms in the worst. "
        "Lost 83 of 12,628 acknowledged writes. Split brain for 412 ms – 431 ms."
    )


def test_the_median_is_the_same_trial_s_in_the_headline_the_table_and_the_timeline() -> None:
    """Of an even number of trials too: no average of two that nobody measured."""
    four = tuple(examples.trial(n, outage=examples.figure(n / 10)) for n in (4, 1, 3, 2))
    verdict = msgspec.structs.replace(examples.passed(), trials=four)
    assert "Outage 200 ms in the median trial, 400 ms in the worst." in summary(verdict)
    assert [trial.trial for _, trial in median_and_worst(four)] == [2, 4]
    rows = report(verdict).splitlines()
    assert next(row for row in rows if row.startswith("outage")).split()[1:3] == ["200", "ms"]


def test_what_is_not_known_is_not_said_to_be_none() -> None:
    unknown = tuple(examples.finding(name, judgement="unknown") for name in ("lost_writes", "split_brain"))
    text = summary(msgspec.structs.replace(examples.passed(), findings=unknown))
    assert "Lost" not in text
    assert "No split brain" not in text


def test_service_that_never_came_back_is_no_outage_of_some_seconds() -> None:
    assert "In 1 of 3 trials service never came back." in summary(examples.censored())


def test_the_times_of_a_void_trial_do_not_enter_the_outage() -> None:
    assert "86 ms in the worst" in summary(examples.unknown())
    slow = examples.trial(2, scale=50, void="the harness stalled")
    judged = msgspec.structs.replace(examples.unknown(), trials=(examples.trial(1), slow, examples.trial(3)))
    assert "71 ms in the worst" in summary(judged)


def test_the_safety_of_a_void_trial_does_count() -> None:
    lossy = examples.trial(2, lost_after_fault=5, void="the harness stalled")
    judged = msgspec.structs.replace(examples.unknown(), trials=(examples.trial(1), lossy))
    assert "Lost 5 of 3,608" in summary(judged)


def test_a_run_without_a_trial_does_not_sound_safe() -> None:
    judged = msgspec.structs.replace(examples.unknown(), trials=())
    assert "No trial was judged." in summary(judged)
    assert "No split brain" not in report(judged)


def test_it_tells_where_the_run_lies_when_it_was_and_how_to_run_it_again() -> None:
    text = report(examples.passed())
    assert "failover-drill run drills/kill-primary.yaml --seed 4711 --trials 30" in text
    assert "runs/some-run" in text
    assert "2026-11-24T02:47:09Z" in text


@settings(max_examples=30, deadline=None)
@given(
    texts=st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"])), min_size=1),
    width=st.integers(60, 160),
)
def test_whatever_evidence_says_it_can_be_drawn(texts: list[str], width: int) -> None:
    finding = examples.finding("split_brain", "fail", evidence=tuple(texts), measured=texts[0])
    judged = msgspec.structs.replace(examples.passed(), judgement="fail", findings=(finding,))
    assert report(judged, width=width, ascii=True).isascii()
    report(judged, width=width)


def test_a_run_of_local_processes_names_its_programs() -> None:
    file = examples.plan_file(trials=30)
    made = msgspec.structs.replace(
        file.provenance, images={}, programs={"toxiproxy 2.12.0": "sha256:aa2e232c9ef5aa2e232c9ef5"}
    )
    shown = Report(
        msgspec.structs.replace(file, provenance=made), examples.passed(), folder="runs/x", look=Look(False)
    )
    text = squeezed(drawn(shown, width=100))
    assert "programs toxiproxy 2.12.0 aa2e232c9ef5" in text
    assert "images" not in text
