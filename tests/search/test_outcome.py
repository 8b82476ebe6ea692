from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from harness.model.event import AlertRaised, Applied, Controlled, Event, Healed, Returned, Violated
from harness.model.fault import Kill
from harness.model.journal import Entry, RunEnded, TrialBegan, TrialEnded
from harness.search.outcome import Outcome, outcome
from tests.search.fields import plan

PLAN = plan()
KILL = Kill("n1", "process")


def write(number: int, at_s: float, result: str = "ok") -> Returned:
    return Returned(
        trial=1,
        client="client1",
        kind="write",
        key="k",
        value=f"v{number}",
        outcome="ok" if result == "ok" else "unknown",
        scheduled_s=at_s,
        call_s=at_s,
        ret_s=at_s + 0.01,
        node="n1",
        epoch=1,
    )


def played(
    *more: Event, writes: int = 120, healed_s: float = 3.0, last_s: float = 20.0, reason: str = "done"
) -> list[Entry]:
    """A trial with one fault from 2 s on."""
    applied = Applied(fault_id="t1.s1", fault=KILL, before_s=2.0, after_s=2.0, evidence=("dead",))
    healed = Healed(fault_id="t1.s1", before_s=healed_s, after_s=healed_s, evidence=("runs",))
    operations = [write(n, 1.0 + n * (last_s - 1.0) / writes) for n in range(writes)]
    end = RunEnded(at_s=21.0, reason="done" if reason == "done" else "gave up", detail="")
    return [
        TrialBegan(trial=1, at_s=1.0, primary="n1"),
        applied,
        healed,
        *operations,
        *more,
        TrialEnded(trial=1, at_s=21.0, completed=True),
        end,
    ]


def judged(entries: Sequence[Entry], *, nobody_can: bool = False) -> Outcome:
    return outcome(PLAN, entries, nobody_can=nobody_can)


def test_a_fault_that_bit_enough_writes_and_a_recovered_end_are_sound() -> None:
    seen = judged(played())
    assert (seen.kind, seen.faults, seen.acknowledged) == ("sound", 1, 120)


def test_a_schedule_in_which_no_fault_bit_is_counted_apart() -> None:
    entries = [entry for entry in played() if not isinstance(entry, Applied | Healed)]
    assert (judged(entries).kind, judged(entries).why) == ("uncounted", "no fault bit")


def test_a_schedule_with_few_acknowledged_writes_is_counted_apart() -> None:
    assert judged(played(writes=99)).kind == "uncounted"


def test_a_broken_invariant_is_a_violation_whatever_else_there_was() -> None:
    broken = Violated(at_s=5.0, host="n1", invariant="two-deciders", detail="n1 and n2")
    for writes in (120, 9):
        seen = judged(played(broken, writes=writes))
        assert (seen.kind, seen.name) == ("violation", "two-deciders")


def test_what_only_the_checkers_see_is_a_violation_too() -> None:
    stale = structs.replace(write(0, 15.0), kind="read", client="reader")
    assert [broken.name for broken in judged(played(stale)).broken] == ["stale_reads", "linearizability"]


def test_a_cluster_that_does_not_recover_is_stuck() -> None:
    assert judged(played(last_s=2.5)).name == "stuck"
    assert judged(played(healed_s=9.0, last_s=8.0)).name == "stuck"
    assert judged(played(reason="gave up")).name == "stuck"


def test_what_an_operator_has_set_holds_a_cluster_up_until_he_takes_it_back() -> None:
    def resumed(action: str) -> Controlled:
        return Controlled(control_id="t1.s2", action=action, ok=True, detail="", before_s=14.9, after_s=15.0)

    later = write(121, 16.0)
    assert judged(played(resumed("maintenance off"), later, last_s=2.5)).kind == "sound"
    assert judged(played(resumed("maintenance on"), later, last_s=2.5)).name == "stuck"
    assert judged(played(resumed("maintenance off"), last_s=2.5)).name == "stuck"


def test_one_that_waits_for_a_person_since_its_only_store_is_lost_is_not() -> None:
    alert = AlertRaised(at_s=3.0, host="n1", text="lost")
    assert judged(played(alert, last_s=2.5), nobody_can=True).kind == "uncounted"
    assert judged(played(last_s=2.5), nobody_can=True).name == "stuck"
    assert judged(played(alert, last_s=2.5)).name == "stuck"
