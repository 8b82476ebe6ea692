"""The phases of a trial on a time axis."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.verdict import PhaseTime, TrialMeasures
from reports.look import Look
from reports.timeline import chart, median_and_worst, rows
from tests.reports import examples


def lines(trial: TrialMeasures, *, width: int = 80) -> list[str]:
    return chart(trial, width=width, look=Look()).plain.splitlines()


def line_of(name: str, drawn: list[str]) -> str:
    return next(line for line in drawn if line.startswith(name))


def test_phases_stand_in_the_order_they_came() -> None:
    names = [row.name for row in rows(examples.trial(1))]
    assert names == [
        "suspected",
        "decided",
        "lease over",
        "promoted",
        "redirected",
        "first write",
        "validated",
        "rejoined",
    ]


def test_each_phase_begins_where_the_one_before_ended() -> None:
    drawn = lines(examples.trial(1))
    promoted, redirected = line_of("promoted", drawn), line_of("redirected", drawn)
    assert redirected.index("━") == promoted.index("●")


def test_a_line_tells_who_did_it_when_and_what_it_took() -> None:
    promoted = line_of("promoted", lines(examples.trial(1))).split()
    assert promoted[1] == "n2"
    assert promoted[-4:] == ["46", "ms", "+37", "ms"]


def test_a_suspicion_is_drawn_with_the_layer_that_was_ill() -> None:
    suspected = PhaseTime(phase="suspected", after_fault_s=0.003, host="w1", subject="n1", layer="business")
    (first, *_) = rows(examples.trial(1, phases=(suspected,)))
    assert first.who == "n1 by w1, business"


def test_a_rejoin_after_seconds_does_not_squeeze_the_failover() -> None:
    drawn = lines(examples.trial(1))
    rejoined = line_of("rejoined", drawn)
    assert rejoined.split()[-5:] == ["▶", "3.41", "s", "+3.31", "s"]
    assert line_of("validated", drawn).index("●") == rejoined.index("▶")


def test_a_first_write_that_was_not_the_end_of_the_outage_is_told_apart() -> None:
    whole = examples.trial(1)
    outage_s = whole.outage.value if whole.outage else None
    assert outage_s is not None
    told = PhaseTime(phase="acknowledged", after_fault_s=outage_s - 0.03, host="client1", subject="n2")
    drawn = rows(msgspec.structs.replace(whole, phases=(*whole.phases, told)))
    at_s = {row.name: row.at_s for row in drawn}
    assert (at_s["first write"], at_s["good again"]) == (told.after_fault_s, outage_s)


def test_what_never_came_says_so() -> None:
    never = examples.censored().trials[1]
    assert [(row.name, row.at_s) for row in rows(never)] == [
        ("suspected", 0.412),
        ("decided", None),
        ("first write", None),
        ("rejoined", None),
    ]
    assert line_of("first write", lines(never)).split() == ["first", "write", "never"]


def test_of_three_witnesses_the_first_to_suspect_is_shown() -> None:
    suspected = [row for row in rows(examples.trial(1)) if row.name == "suspected"]
    assert [row.who for row in suspected] == ["n1 by w1"]


def test_the_worst_trial_is_the_one_whose_service_never_came_back() -> None:
    (why, middle), (why_worst, worst) = median_and_worst(examples.censored().trials)
    assert (why, why_worst) == ("median outage", "worst outage")
    assert (middle.trial, worst.trial) == (3, 2)


def test_void_trials_are_not_drawn() -> None:
    void = examples.trial(1, scale=9, void="stalled")
    assert [t.trial for _, t in median_and_worst((void, examples.trial(2)))] == [2]


def test_a_drill_without_a_fault_has_no_timeline() -> None:
    calm = examples.trial(1, fault="", fault_at_s=None, detection=None, outage=None, rejoin=None, phases=())
    assert median_and_worst((calm,)) == ()


def test_long_host_names_leave_room_for_the_bars() -> None:
    phase = PhaseTime(
        phase="promoted", after_fault_s=0.1, host="postgres-primary-eu-1", subject="postgres-standby-eu-2"
    )
    trial = msgspec.structs.replace(examples.trial(1), phases=(phase,))
    assert all(len(line) <= 80 for line in lines(trial))
    assert "postgres-standby-eu-2 by postgres-primary-eu-1" in line_of("promoted", lines(trial, width=160))


@settings(max_examples=60, deadline=None)
@given(
    times=st.lists(st.floats(-0.01, 900, allow_nan=False), max_size=8),
    width=st.sampled_from([60, 80, 160]),
)
@pytest.mark.parametrize("outage", [None, 0.0, 0.07])
def test_whatever_the_times_every_line_fits(outage: float | None, times: list[float], width: int) -> None:
    names = [
        "suspected",
        "decided",
        "lease_over",
        "fenced",
        "promoted",
        "redirected",
        "validated",
        "rejoined",
    ]
    phases = tuple(
        PhaseTime(phase=name, after_fault_s=at, host="w1", subject="n1")
        for name, at in zip(names, times, strict=False)
    )
    trial = examples.trial(1, phases=phases, outage=examples.figure(outage))
    assert all(len(line) <= width for line in lines(trial, width=width))
