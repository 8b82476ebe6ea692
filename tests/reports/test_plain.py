"""The tables about plans, set-up and vocabulary."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import Struct

from harness.model.drill import Expectation
from reports import plain
from reports.look import Look
from tests.reports import examples
from tests.reports.drawing import drawn, squeezed


class Check(Struct, frozen=True, kw_only=True):
    name: str
    ok: bool
    detail: str = ""
    remedy: str = ""
    needed: bool = True


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("ascii", [False, True])
def test_a_plan_names_hosts_load_promises_bounds_and_each_trial_s_phase(width: int, ascii: bool) -> None:
    drawn_plan = drawn(
        plain.plan(examples.plan(trials=2), "drills/kill-primary.yaml", Look(ascii)), width=width
    )
    text = squeezed(drawn_plan)
    assert max(map(len, drawn_plan.splitlines())) <= width
    assert "witness: w1 w2 w3" in text
    assert "2 writers, 1 reader" in text
    assert "detection time" in text and "the target's own promise" in text
    assert "p90" in text and "300ms" in text
    assert text.count("at 1372ms") == 2
    assert text.isascii() or not ascii


def test_a_plan_without_drawn_phases_has_no_table_of_trials() -> None:
    steps = (examples.plan().trials[0].steps[0],)
    trials = (msgspec.structs.replace(examples.plan().trials[0], steps=steps),)
    calm = msgspec.structs.replace(examples.plan(), trials=trials)
    assert "trial  " not in drawn(plain.plan(calm, "drills/calm.yaml", Look()))


def test_a_plan_with_a_defect_says_that_it_is_broken_on_purpose() -> None:
    broken = msgspec.structs.replace(examples.plan(), defect="no-lease-check")
    assert "no-lease-check: the target is broken on purpose" in drawn(plain.plan(broken, "x", Look()))


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (Expectation(measure="split_brain", limit=0), "never"),
        (Expectation(measure="split_brain", limit=0, seen=True), "to be seen"),
        (Expectation(measure="outage", limit=20.0, at_least=True), "≥ 20s"),
        (Expectation(measure="lost_writes", limit=0), "≤ 0"),
        (Expectation(measure="failovers", limit=1, at_least=True), "≥ 1"),
        (Expectation(measure="outage", quantile=0.9, limit=0.3), "p90 ≤ 300ms"),
        (Expectation(measure="detection_time"), f"≤ 500ms ({examples.FORMULA}), the target's own promise"),
        (Expectation(measure="rpo"), "≤ 0s (replication is sync), the target's own promise"),
    ],
)
def test_a_bound_reads_as_a_person_would_say_it(expected: Expectation, text: str) -> None:
    planned = msgspec.structs.replace(examples.plan(), expect=(expected,))
    assert text in squeezed(drawn(plain.plan(planned, "x", Look()), width=160))


def test_a_number_asked_for_from_both_sides_is_one_line() -> None:
    once = (
        Expectation(measure="failovers", limit=1),
        Expectation(measure="failovers", limit=1, at_least=True),
    )
    planned = msgspec.structs.replace(examples.plan(), expect=once)
    text = drawn(plain.plan(planned, "x", Look()))
    assert text.count("failovers") == 1
    assert "failovers  exactly 1" in text


def test_settings_in_seconds_are_shown_with_their_unit() -> None:
    planned = msgspec.structs.replace(
        examples.plan(), settings={"detector": {"interval_s": 0.1}, "lease_s": 0.4}
    )
    assert "detector.interval 100ms, lease 400ms" in drawn(plain.plan(planned, "x", Look()))


def test_the_doctor_says_what_is_missing_and_how_to_get_it() -> None:
    checks = [
        Check(name="Python", ok=True, detail="3.11"),
        Check(name="Docker engine", ok=False, detail="none", remedy="run `failover-drill setup`"),
        Check(name="disk", ok=False, detail="1 GiB", remedy="free some", needed=False),
    ]
    text = squeezed(drawn(plain.doctor(checks, Look(), as_processes=False)))
    assert "Drills cannot run yet." in text
    assert "Docker engine: run `failover-drill setup`" in text
    assert "note disk" in text
    other = squeezed(drawn(plain.doctor(checks, Look(), as_processes=True)))
    assert "Drills can run as processes, not in containers." in other


def test_what_is_only_a_note_does_not_keep_drills_from_running() -> None:
    checks = [Check(name="disk", ok=False, detail="1 GiB", remedy="free some", needed=False)]
    assert "Drills can run." in drawn(plain.doctor(checks, Look(), as_processes=False))
