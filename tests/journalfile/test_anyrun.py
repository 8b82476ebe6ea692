"""A sample of what `python -m tests.proof journals` looks at whole."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec import structs

from harness.journalfile import lines, reading, salvage
from harness.journalfile.lines import Line
from tests.journalfile import anyrun
from tests.journalfile.anyrun import RUNS, looked_at, stored_run
from tests.journalfile.damage import aged

FEW = (0, 1)  # of the runs: one that passes, one that fails
SAMPLE = [number for number in range(200) if number % len(RUNS) in FEW]


def test_the_runs_themselves_pass_and_fail_as_they_should() -> None:
    assert [stored_run(index).verdict.judgement for index in FEW] == ["pass", "fail"]


def test_a_damaged_run_never_passes_and_fails_only_what_the_whole_one_fails() -> None:
    seen = [looked_at(number) for number in SAMPLE]
    assert [wrong for found in seen for wrong in found.wrong] == []
    came_to = Counter(found.came_to for found in seen)
    assert came_to["unknown"] > 15 and came_to["fail"] > 5 and came_to["refused"] > 0


def test_an_older_journal_is_judged_as_far_as_possible() -> None:
    stored = stored_run(0)
    found = anyrun._judged(stored.plan, aged(stored.journal), "older", may_fail=set())
    assert (found.came_to, found.wrong) == ("unknown", ())
    stored = stored_run(1)
    assert anyrun._judged(stored.plan, aged(stored.journal), "older", may_fail=None).came_to == "fail"


def test_damage_that_goes_unseen_is_seen_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its sums a journal passes, and fails, for what was done to it."""
    sealed = lines.opened

    def believed(line: bytes) -> Line | None:
        found = lines._SEAL.search(line)
        return sealed(line) or (Line(int(found[1]), line[: found.start()] + b"}") if found else None)

    monkeypatch.setattr(salvage, "opened", believed)
    monkeypatch.setattr(reading, "_footer", lambda line: None)
    altered = [n for n in range(1, 4000) if n % len(RUNS) == 0 and n % 11 and n % 13][:25]
    wrong = [line for number in altered for line in looked_at(number).wrong]
    assert any("a number altered" in line for line in wrong)


def test_a_verdict_that_says_more_than_the_whole_run_is_wrong() -> None:
    whole = stored_run(0).verdict
    assert [*anyrun._wrong("it", whole, set())] == ["it: passes"]
    failed = structs.replace(whole.findings[0], judgement="fail")
    more = structs.replace(whole, judgement="fail", findings=(failed,))
    assert [*anyrun._wrong("it", more, set())] == [f"it: fails {failed.measure}"]
    assert [*anyrun._wrong("it", more, {failed.measure})] == []
