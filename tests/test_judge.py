"""Whole journals -> verdict: what passes, what fails, and what nobody can know."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from harness import journalfile
from harness.checkers import (
    deadlines,
    detection,
    durability,
    failovers,
    faults,
    noise,
    outage,
    phases,
    rejoin,
    splitbrain,
    stalereads,
)
from harness.journalfile import Journal, Writer
from harness.judge import judge
from harness.model.event import (
    Applied,
    FinalRead,
    Healed,
    PhaseReached,
    Returned,
    RoleChanged,
    Stalled,
)
from harness.model.journal import Entry, RunEnded, TrialBegan, TrialEnded, WaitEnded
from harness.model.verdict import Finding, Verdict
from tests.checkers.dramas import a_run, plus, without
from tests.checkers.journals import acked, expect, failed, plan, read, refused, run, says, trial, waited

EXPECTED = (
    expect("detection_time", None),
    expect("outage", 0.3),
    expect("rejoin_time", 0.5),
    expect("lost_writes", None),
    expect("rpo", None),
    expect("split_brain"),
    expect("stale_reads"),
    expect("false_failovers"),
    expect("failovers", 1),
    expect("failovers", 1, at_least=True),
    expect("phantom_writes"),
)
PLAN = plan(*EXPECTED)
TIMES = {"detection_time", "outage", "rejoin_time"}
SAFETY = {wanted.measure for wanted in EXPECTED} - TIMES


def verdict(journal: Journal, *, trials: int = 1, **changes: Any) -> Verdict:
    return judge(plan(*EXPECTED, trials=trials, **changes), journal)


def findings(given: Verdict) -> dict[str, str]:
    """Judgement by measure; the worst where one has several."""
    order = ["pass", "unknown", "fail"]
    found: dict[str, str] = {}
    for finding in given.findings:
        known = found.get(finding.measure, "pass")
        found[finding.measure] = max(known, finding.judgement, key=order.index)
    return found


def not_passed(journal: Journal, *, trials: int = 1) -> dict[str, str]:
    given = verdict(journal, trials=trials)
    return {measure: said for measure, said in findings(given).items() if said != "pass"}


def of(given: Verdict, measure: str) -> Finding:
    return next(finding for finding in given.findings if finding.measure == measure)


def changed(journal: Journal, change: Callable[[Entry], Entry]) -> Journal:
    return Journal(tuple(map(change, journal.entries)))


# --- whole journals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("trials", [1, 4])
def test_a_good_run_passes_in_every_point(trials: int) -> None:
    given = verdict(a_run(trials), trials=trials)
    assert [f for f in given.findings if f.judgement != "pass"] == []
    assert (given.judgement, len(given.trials), given.trials_planned) == ("pass", trials, trials)


def test_it_measures_what_was_done() -> None:
    (numbers,) = verdict(a_run()).trials
    assert (numbers.writes_acknowledged, numbers.writes_failed, numbers.reads_ok) == (76, 4, 76)
    assert (numbers.failovers, numbers.fault) == (1, "kill n1 (process)")
    assert numbers.detection is not None
    assert round(numbers.detection.value or 0, 6) == 0.019
    assert [p.phase for p in numbers.phases] == ["decided", "promoted", "acknowledged"]


def test_a_slow_failover_fails_the_outage_alone() -> None:
    assert not_passed(a_run(outage_s=0.5)) == {"outage": "fail"}


def test_a_write_that_is_not_read_back_fails() -> None:
    def forgetful(entry: Entry) -> Entry:
        return structs.replace(entry, values=entry.values[1:]) if isinstance(entry, FinalRead) else entry

    assert not_passed(changed(a_run(), forgetful)) == {"lost_writes": "fail", "rpo": "fail"}


def test_a_value_from_nowhere_fails() -> None:
    def inventive(entry: Entry) -> Entry:
        return (
            structs.replace(entry, values=(*entry.values, "t1.z")) if isinstance(entry, FinalRead) else entry
        )

    assert not_passed(changed(a_run(), inventive)) == {"phantom_writes": "fail"}


def test_an_old_primary_that_serves_on_fails_also_for_clients_that_are_stranded_with_it() -> None:
    late = read("t1.client1.0.9", 3.0, 3.01, key="k1", by="n1", epoch=1)
    bound = tuple(structs.replace(c, via="primary") for c in PLAN.clients)
    for clients in (PLAN.clients, bound):
        given = findings(verdict(plus(a_run(), late), clients=clients))
        assert (given["split_brain"], given["stale_reads"]) == ("fail", "fail")


def test_a_failover_that_nothing_explains_fails() -> None:
    more = [says("n1", "primary", 3, at=2.5), says("n2", "standby", 3, at=2.5)]
    unread = dict.fromkeys(("lost_writes", "rpo", "phantom_writes"), "unknown")  # not at the newest primary
    assert not_passed(plus(a_run(), *more)) == {"false_failovers": "fail", "failovers": "fail", **unread}


def test_no_failover_where_one_was_asked_for_fails() -> None:
    none = without(a_run(outage_s=0.0), RoleChanged, PhaseReached)
    entries = [structs.replace(e, node="n1", epoch=1) if isinstance(e, Returned) else e for e in none.entries]
    final = [structs.replace(e, host="n1", epoch=1) if isinstance(e, FinalRead) else e for e in entries]
    given = findings(verdict(Journal((says("n1", "primary", 1, at=0.0), *final))))
    assert (given["failovers"], given["detection_time"]) == ("fail", "fail")


# --- what nobody can know -------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["gave up", "interrupted", "deadline", "world broke"])
def test_a_run_that_was_not_played_to_its_end_does_not_pass(reason: Any) -> None:
    ended = RunEnded(at_s=9.0, reason=reason)
    assert not_passed(Journal((*a_run().entries[:-1], ended))) == {"journal": "unknown"}


def test_trials_that_were_not_made_leave_no_pass() -> None:
    given = findings(verdict(a_run(1), trials=2))
    assert {said for measure, said in given.items() if measure in SAFETY} == {"unknown"}
    assert given["journal"] == "unknown"


def test_a_trial_that_the_plan_does_not_know_is_named() -> None:
    given = verdict(a_run(2), trials=1)
    assert "trial 2 is not in the plan" in of(given, "journal").evidence


def test_a_fault_that_did_not_bite_makes_the_drill_unknown() -> None:
    broken = without(a_run(), Applied, Healed)
    assert of(verdict(broken), "faults_bit").judgement == "unknown"
    assert verdict(broken).judgement == "unknown"
    second = tuple(e for e in a_run(2).entries if not (isinstance(e, Applied) and e.fault_id == "t2.s1"))
    bit = of(verdict(Journal(second), trials=2), "faults_bit")
    assert (bit.measured, bit.trial) == ("in 1 of 2 trials", 2)
    failing = plus(broken, failed("t1.s1", "no such process", at=1.0))
    assert "no such process" in of(verdict(failing), "faults_bit").evidence[0]


def test_a_fault_that_did_not_bite_hides_no_violation() -> None:
    lost = changed(
        without(a_run(), Applied, Healed),
        lambda e: structs.replace(e, values=()) if isinstance(e, FinalRead) else e,
    )
    assert verdict(lost).judgement == "fail"


def test_a_wait_that_expired_before_the_fault_makes_the_drill_unknown() -> None:
    entries = run(
        says("n1", "primary", 1, at=0),
        trial(waited(0, at=20, met=False), ended=20.5, completed=False, reason="never steady"),
        reason="gave up",
    )
    given = verdict(entries)
    assert given.judgement == "unknown"
    assert of(given, "waits").judgement == "unknown"
    assert given.trials[0].void == "nothing was done to the cluster"


def test_a_wait_that_expired_after_it_censors_what_it_waited_for_and_fails_its_bound() -> None:
    def in_vain(entry: Entry) -> Entry:
        if isinstance(entry, WaitEnded) and entry.index == 2:
            return structs.replace(entry, met=False, at_s=2.1)
        return entry

    assert not_passed(changed(a_run(), in_vain)) == {"rejoin_time": "fail", "waits": "unknown"}


def test_a_stall_voids_the_times_of_its_trial_and_nothing_else() -> None:
    stalled = plus(a_run(), Stalled(who="harness", from_s=1.01, to_s=1.1))
    given = verdict(stalled)
    assert given.trials[0].void == "harness was not scheduled for 90 ms at 1.010 s (limit 50 ms)"
    found = findings(given)
    assert {measure for measure, said in found.items() if said == "unknown"} == {*TIMES, "noise"}
    assert {found[measure] for measure in SAFETY} == {"pass"}


def test_a_stall_hides_no_violation_of_safety() -> None:
    late = acked("t1.late", 3.0, 3.01, key="k1", by="n1", epoch=1)
    stalled = plus(a_run(), Stalled(who="harness", from_s=1.01, to_s=1.1), late)
    assert findings(verdict(stalled))["split_brain"] == "fail"


def test_a_few_disturbed_trials_are_left_out_but_not_half_of_them() -> None:
    one = plus(a_run(4), Stalled(who="harness", from_s=1.01, to_s=1.1))
    assert verdict(one, trials=4).judgement == "pass"
    two = plus(one, Stalled(who="harness", from_s=11.01, to_s=11.1), trial=2)
    assert findings(verdict(two, trials=4))["noise"] == "unknown"
    of_three = plus(a_run(3), Stalled(who="harness", from_s=1.01, to_s=1.1))
    noise_of_three = of(verdict(of_three, trials=3), "noise")
    assert (noise_of_three.judgement, noise_of_three.measured, noise_of_three.trial) == (
        "pass",
        "1 of 3 trials void",
        1,
    )
    assert noise_of_three.bound == "fewer than half, by a stall beyond 50 ms"


def test_noise_is_no_matter_where_no_time_is_bounded() -> None:
    noisy = plus(a_run(), Stalled(who="harness", from_s=1.01, to_s=1.1))
    assert "noise" not in findings(judge(plan(expect("lost_writes")), noisy))


def test_events_that_were_lost_for_ever_leave_no_pass() -> None:
    lossy = plus(a_run(), failed("follow client1", "7 events of client1 were lost", at=3.0))
    given = verdict(lossy)
    assert {findings(given)[m] for m in SAFETY} == {"unknown"}
    assert "7 events of client1 were lost" in of(given, "journal").evidence


def test_values_written_twice_leave_no_pass() -> None:
    twice = plus(a_run(), refused("t1.client1.0.0", 3.5, 3.51, key="k1"))
    assert not_passed(twice) == {"journal": "unknown", "linearizability": "unknown"}


@pytest.mark.parametrize(
    ("checker", "name", "measures"),
    [
        (detection, "check", {"detection_time"}),
        (outage, "check", {"outage"}),
        (rejoin, "check", {"rejoin_time"}),
        (phases, "check", set()),
        (durability, "check", {"lost_writes", "rpo", "phantom_writes"}),
        (splitbrain, "check", {"split_brain"}),
        (splitbrain, "firsts", {"split_brain"}),
        (stalereads, "check", {"stale_reads"}),
        (failovers, "check", {"failovers", "false_failovers"}),
        (faults, "check", {"detection_time", "outage", "rejoin_time", "faults_bit", "failovers"}),
        (noise, "check", {"detection_time", "outage", "rejoin_time"}),
        (deadlines, "within", {"detection_time", "outage", "rejoin_time"}),
    ],
)
def test_a_checker_that_crashes_leaves_its_measures_unknown_and_is_named(
    checker: Any, name: str, measures: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(checker, name, crash)
    given = verdict(a_run())
    assert not_passed_of(given) == {**dict.fromkeys(measures, "unknown"), "journal": "unknown"}
    assert any("crashed: ZeroDivisionError: of ours" in line for line in of(given, "journal").evidence)


def not_passed_of(given: Verdict) -> dict[str, str]:
    return {measure: said for measure, said in findings(given).items() if said != "pass"}


# --- damage ---------------------------------------------------------------------------------------------


COARSE = plan(*(structs.replace(e, limit=1.0) if e.measure == "outage" else e for e in EXPECTED))


def lines_of(journal: Journal, folder: Path) -> bytes:
    path = folder / "journal.jsonl"
    path.unlink(missing_ok=True)
    with Writer(path) as writer:
        for entry in journal.entries:
            writer.append(entry)
    return path.read_bytes()


def judged_from(data: bytes, folder: Path) -> Verdict:
    path = folder / "damaged.jsonl"
    path.write_bytes(data)
    return judge(COARSE, journalfile.read(path))


def test_cut_anywhere_a_good_journal_neither_passes_nor_fails(tmp_path: Path) -> None:
    data = lines_of(a_run(spacing_s=0.5), tmp_path)
    known: dict[tuple[int, bool], str] = {}
    ends = [place for place, byte in enumerate(data, 1) if byte == ord("\n")]
    cuts = {end + beside for end in ends[:-1] for beside in (-1, 0, 1, 40)} | {len(data) - 1}
    for length in sorted(cuts - {ends[0] - 1}):
        (tmp_path / "cut").write_bytes(data[:length])
        journal = journalfile.read(tmp_path / "cut")
        seen = (len(journal.entries), bool(journal.damage))
        if seen not in known:
            known[seen] = judge(COARSE, journal).judgement
    assert set(known.values()) == {"unknown"}
    assert judged_from(data, tmp_path).judgement == "pass"


def test_with_any_one_line_garbled_it_neither_passes_nor_fails(tmp_path: Path) -> None:
    lines = lines_of(a_run(spacing_s=0.5), tmp_path).splitlines(keepends=True)
    for index in range(1, len(lines)):
        garbled = [*lines[:index], b"#" * 7 + b"\n", *lines[index + 1 :]]
        assert judged_from(b"".join(garbled), tmp_path).judgement == "unknown"


def test_a_violation_is_found_in_a_damaged_journal(tmp_path: Path) -> None:
    late = acked("t1.late", 3.0, 3.01, key="k1", by="n1", epoch=1)
    data = lines_of(plus(a_run(), late), tmp_path)
    assert judged_from(data[:-20], tmp_path).judgement == "fail"


@given(st.data())
def test_no_order_and_no_choice_of_entries_makes_the_judge_raise(data: st.DataObject) -> None:
    entries = data.draw(st.lists(st.sampled_from(_SOME), max_size=40))
    given = judge(PLAN, Journal(tuple(entries)))
    assert given.judgement in ("fail", "unknown")


_SOME = [e for e in a_run(2, spacing_s=0.5).entries if not isinstance(e, Returned)] + [
    e for e in a_run(2, spacing_s=0.5).entries if isinstance(e, Returned)
][::4]


def test_an_empty_journal_is_unknown() -> None:
    assert judge(PLAN, Journal(())).judgement == "unknown"
    assert judge(plan(), Journal(())).judgement == "unknown"


def test_only_trials_without_operations_are_unknown() -> None:
    bare = tuple(e for e in a_run().entries if not isinstance(e, Returned))
    found = findings(verdict(Journal(bare)))
    assert {found[m] for m in ("lost_writes", "split_brain", "stale_reads", "outage")} == {"unknown"}


def test_a_trial_s_end_that_says_it_was_not_completed_leaves_no_pass() -> None:
    cut_off = changed(
        a_run(),
        lambda e: (
            structs.replace(e, completed=False, reason="never steady again")
            if isinstance(e, TrialEnded)
            else e
        ),
    )
    assert verdict(cut_off).judgement == "unknown"


def test_a_run_without_a_trial_is_unknown() -> None:
    started = tuple(e for e in a_run().entries if not isinstance(e, TrialBegan))[:3]
    assert verdict(Journal((*started, RunEnded(at_s=9.0, reason="done")))).judgement == "unknown"
