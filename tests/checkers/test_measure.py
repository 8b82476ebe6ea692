"""One trial measured by all checkers: what is put together, what does not count, what is not known."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from harness.checkers import failovers, splitbrain, stalereads
from harness.checkers.history import history
from harness.checkers.linear.clusters import by_key
from harness.checkers.measure import measure
from harness.checkers.measured import Measured, Shared
from harness.journalfile import Journal
from harness.model.event import LoadStopped, RoleChanged
from harness.model.journal import Entry, RunEnded, TrialEnded
from harness.model.plan import Plan
from tests.checkers.dramas import a_run, plus, without
from tests.checkers.journals import (
    KILL_PRIMARY,
    acked,
    client,
    ends,
    failed,
    op,
    parted,
    plan,
    read,
    refused,
    run,
    says,
    stalled,
    switched,
    trial,
    unknown,
    waited,
)

PRIMARY = says("n1", "primary", 1, at=0.0)


def all_of(journal: Journal, of: Plan | None = None) -> list[Measured]:
    the_plan = of or plan(trials=2)
    seen = history(the_plan, journal.entries)
    writes = [write for each in seen.trials for write in each.writes]
    shared = Shared(
        plan=the_plan,
        history=seen,
        attempted={write.value: write.trial for write in writes},
        reads=stalereads.check(by_key(writes, (r for each in seen.trials for r in each.reads))),
        turns=failovers.check(the_plan, seen),
        first=splitbrain.firsts(seen.trials),
    )
    return [measure(shared, each) for each in seen.trials]


def one(journal: Journal, of: Plan | None = None) -> Measured:
    return all_of(journal, of)[0]


def in_a_trial(*entries: Any, of: Plan | None = None) -> Measured:
    return one(run(trial(PRIMARY, *entries)), of)


# --- numbers --------------------------------------------------------------------------------------------


def test_the_numbers_of_a_trial() -> None:
    numbers = one(a_run()).numbers
    assert (numbers.trial, numbers.fault, numbers.fault_at_s) == (1, "kill n1 (process)", 1.001)
    assert round(numbers.fault_error_s, 6) == 0.001
    assert (numbers.writes_acknowledged, numbers.writes_failed, numbers.writes_unknown) == (76, 4, 0)
    assert (numbers.reads_ok, numbers.failovers, numbers.slow_writes) == (76, 1, 0)
    assert ends(numbers.rejoin)[1] == 0.199
    assert (ends(numbers.outage)[1], ends(numbers.outage_gap)[1]) == (0.259, 0.3)


def test_an_order_that_was_refused_is_told_as_such() -> None:
    """Nobody has to look for its effect."""
    refusal = structs.replace(switched(at=3.0, ok=False), detail="wrong token")
    assert in_a_trial(refusal).numbers.fault == "switchover refused: wrong token"


def test_what_went_wrong_is_counted_beside() -> None:
    bad: list[Entry] = [
        unknown("t1.client1.0.u", 3.1, key="k1"),
        op("write", "t1.client1.0.slow", "ok", 3.2, 3.35, by="n2", epoch=2, key="k1"),
        says("n1", "primary", 1, at=3.0),
    ]
    numbers = one(plus(a_run(), *bad)).numbers
    assert (numbers.writes_unknown, numbers.slow_writes) == (1, 1)
    assert numbers.claimed_s > 0
    assert (numbers.lost_after_fault, round(numbers.rpo_s, 3)) == (1, 0.0)


def test_a_trial_without_a_fault_has_no_time_of_it() -> None:
    numbers = one(run(trial(PRIMARY, acked("a", 1, 1.1)))).numbers
    assert (numbers.fault, numbers.fault_at_s, numbers.fault_error_s) == ("", None, 0.0)


def test_stale_reads_belong_to_the_trial_that_made_them() -> None:
    late = read("t1.client1.0.0", 12.9, 12.95, trial=2, key="k1", by="n1", epoch=3)
    first, second = all_of(plus(a_run(2), late, trial=2))
    assert (first.numbers.stale_reads, second.numbers.stale_reads) == (0, 1)
    assert second.numbers.staleness_max_s > 8
    assert (first.evidence["stale_reads"], len(second.evidence["stale_reads"])) == ((), 1)


def test_a_value_read_that_surely_failed_is_a_phantom_of_its_trial() -> None:
    ghost = [refused("t1.g", 3.1, 3.11, key="k1"), read("t1.g", 3.2, 3.21, key="k1", by="n2", epoch=2)]
    first, second = all_of(plus(a_run(2), *ghost))
    assert (first.numbers.phantom, second.numbers.phantom) == (1, 0)
    assert first.evidence["phantom_writes"] == ("trial 1: t1.g was read, though it was not written by then",)


def test_one_that_is_also_in_the_final_read_is_counted_once() -> None:
    ghost = [refused("t1.g", 3.1, 3.11, key="k1"), read("t1.g", 3.2, 3.21, key="k1", by="n2", epoch=2)]
    entries = plus(a_run(), *ghost).entries
    seen = [structs.replace(e, values=(*e.values, "t1.g")) if hasattr(e, "values") else e for e in entries]
    measured = one(Journal(tuple(seen)))
    assert measured.numbers.phantom == 1


def test_a_value_read_whose_writer_has_not_told_yet_is_none() -> None:
    """As in a journal that was cut: the read was told, the write that it saw was not."""
    strange = read("t1.client2.0.99", 3.2, 3.21, key="k1", by="n2", epoch=2)
    whole = plus(a_run(), strange)
    cut_short = tuple(e for e in whole.entries if not isinstance(e, LoadStopped))
    assert one(whole).numbers.phantom == 1
    assert one(Journal(cut_short)).numbers.phantom == 0
    assert one(Journal(cut_short)).unknown["phantom_writes"] == "not every client has told its last operation"


def test_but_one_that_surely_failed_is_a_phantom_even_then() -> None:
    ghost = [refused("t1.g", 3.1, 3.11, key="k1"), read("t1.g", 3.2, 3.21, key="k1", by="n2", epoch=2)]
    cut_short = tuple(e for e in plus(a_run(), *ghost).entries if not isinstance(e, LoadStopped))
    assert one(Journal(cut_short)).numbers.phantom == 1


# --- clients apart --------------------------------------------------------------------------------------


def writer(outcomes: str, *, of: str) -> list[Entry]:
    """One write each 20 ms from 0.9 on: `+` good, `x` refused."""
    return [
        (acked if outcome == "+" else refused)(
            f"t1.{of}.0.{n}", 0.9 + n / 50, 0.901 + n / 50, client=of, by="n1"
        )
        for n, outcome in enumerate(outcomes)
    ]


def test_the_outage_of_a_stranded_client_is_reported_apart() -> None:
    numbers = in_a_trial(
        parted("n1 client1", at=1.0, until=2.0),
        writer("+++++" + "x" * 50 + "+++", of="client1"),
        writer("+++++" + "x" * 5 + "+" * 40, of="client2"),
    ).numbers
    assert numbers.outage is not None
    assert numbers.stranded_outage is not None
    assert round(numbers.outage.value or 0, 2) == 0.1
    assert round(numbers.stranded_outage.value or 0, 2) == 1.0


def test_a_client_that_wrote_nothing_leaves_the_outage_unknown_unless_it_is_stranded() -> None:
    cut = parted("n1 client1", at=1.0, until=2.0)
    good = [writer("+" * 50, of=name) for name in ("client1", "client2")]
    assert "outage" not in in_a_trial(cut, good[1]).unknown
    assert in_a_trial(cut, good[0]).unknown["outage"] == "client2: 0 of 1 writers wrote after the fault"


# --- what does not count --------------------------------------------------------------------------------


def test_a_stall_counts_from_the_fault_to_the_last_thing_timed() -> None:
    """Detection came at 1.02, service at 1.26 at the latest."""
    void = {
        at: bool(one(plus(a_run(), stalled(at, at + 0.06))).numbers.void)
        for at in (0.93, 0.95, 1.2, 1.3, 3.0)
    }
    assert void == {0.93: False, 0.95: True, 1.2: True, 1.3: False, 3.0: False}


def test_to_the_trial_s_end_where_something_never_came() -> None:
    undecided = Journal(tuple(e for e in a_run().entries if getattr(e, "phase", "") != "decided"))
    assert one(plus(undecided, stalled(3.0, 3.1))).numbers.void != ""


def test_to_the_trial_s_end_where_nothing_was_done() -> None:
    calm = plan(steps=KILL_PRIMARY[:1])
    assert in_a_trial(acked("t1.client1.0.0", 1, 1.1), stalled(90.0, 90.1), of=calm).numbers.void != ""


def test_without_a_fault_in_the_plan_nothing_is_missing() -> None:
    calm = plan(steps=KILL_PRIMARY[:1])
    assert in_a_trial(acked("t1.client1.0.0", 1, 1.1), of=calm).numbers.void == ""
    assert "never came into force" in in_a_trial(acked("t1.client1.0.0", 1, 1.1)).numbers.void


def ended(*, completed: bool, reason: str = "", run_reason: Any = "done", whole: bool = True) -> Measured:
    entries = a_run().entries
    changed: list[Entry] = [
        TrialEnded(trial=1, at_s=4.2, completed=completed, reason=reason) if isinstance(e, TrialEnded) else e
        for e in entries
        if not isinstance(e, RunEnded)
    ]
    if run_reason:
        changed.append(RunEnded(at_s=9.0, reason=run_reason))
    return one(Journal(tuple(changed if whole else changed[:-2])))


def test_the_times_of_a_trial_that_was_stopped_do_not_count() -> None:
    assert ended(completed=True).numbers.void == ""
    for reason in ("interrupted", "deadline", "world broke"):
        stopped = ended(completed=False, reason="stopped", run_reason=reason)
        assert stopped.numbers.void == f"the trial was stopped: {reason}"
    assert ended(completed=False, reason="cut", run_reason="").numbers.void == "the trial was stopped: cut"


def test_those_of_one_that_did_not_settle_were_measured_to_its_end() -> None:
    assert ended(completed=False, reason="not steady again", run_reason="gave up").numbers.void == ""


def test_those_of_one_that_the_journal_does_not_end_do_not_count() -> None:
    cut_short = ended(completed=True, whole=False)
    assert cut_short.numbers.void == "the journal ends before this trial does"


def test_a_fault_that_did_not_bite_is_why() -> None:
    broken = plus(without(a_run(), RoleChanged), failed("t1.s1", "no such process"))
    assert "no such process" in one(broken).numbers.void


# --- what is not known ----------------------------------------------------------------------------------


def test_why_a_measure_is_unknown_is_said() -> None:
    bare = one(run(trial(ended=99.0, completed=False, reason="never steady")))
    assert bare.unknown == {
        "lost_writes": "the writes were not read back (never steady)",
        "rpo": "the writes were not read back (never steady)",
        "phantom_writes": "the writes were not read back (never steady)",
        "outage": "client1: 0 of 1 writers wrote, client2: 0 of 1 writers wrote",
        "split_brain": "no operation says which node served it",
        "failovers": "no node ever said that it is primary",
        "false_failovers": "no node ever said that it is primary",
        "stale_reads": "no read was answered",
    }


def test_reads_that_were_not_answered_check_nothing() -> None:
    asked = op("read", "", "fail", 1, 1.1, key="k")
    assert in_a_trial(asked).unknown["stale_reads"] == "no read was answered"
    answered = read("", 1, 1.1)
    assert "stale_reads" not in in_a_trial(asked, answered).unknown


def test_clients_without_writers_have_no_outage_to_be_unknown() -> None:
    readers = plan(clients=(client("client1", writers=0), client("client2", writers=0)))
    measured = in_a_trial(of=readers)
    assert (measured.numbers.outage, "outage" in measured.unknown) == (None, False)


# --- what a trial can prove by what is absent -----------------------------------------------------------


def test_a_trial_that_was_played_as_planned_can_prove_an_absence() -> None:
    assert [each.unplayed for each in all_of(a_run(2))] == ["", ""]


def test_one_whose_wait_expired_or_that_was_cut_cannot() -> None:
    assert in_a_trial(waited(2, at=3.0, met=False)).unplayed
    assert one(without(a_run(), TrialEnded)).unplayed


def test_the_stalls_of_harness_and_clients_in_a_trial_are_summed() -> None:
    found = in_a_trial(stalled(1.0, 1.5), stalled(2.0, 2.25, who="client1"))
    assert found.stalled_s == 0.75
