"""Whether clients saw a register: the finding of a run, and what leaves it open."""

from __future__ import annotations

from msgspec import structs

from harness.checkers import linearizability
from harness.checkers.linear.clusters import by_key
from harness.journalfile import Journal
from harness.judge import judge
from harness.model.drill import Action, ControlStep, Window
from harness.model.event import Returned
from harness.model.plan import Bound, Promises, TimedStep
from harness.model.verdict import Finding
from tests.checkers.dramas import a_run, plus
from tests.checkers.journals import acked, plan, read, refused, unknown

# Both were written at once; readers saw one, the other, and the first again.
FLIP = (
    acked("a", 3.0, 3.9),
    acked("b", 3.0, 3.9),
    read("a", 3.1, 3.2),
    read("b", 3.3, 3.4),
    read("a", 3.5, 3.6),
)


def found(*ops: Returned, all_told: bool = True, gaps: bool = False, written: str = "") -> Finding | None:
    keys = by_key([o for o in ops if o.kind == "write"], [o for o in ops if o.kind == "read"])
    told = linearizability.check(keys, written=written.split(), all_told=all_told, gaps=gaps)
    return told[0] if told else None


def judgement(*ops: Returned, **more: object) -> str:
    finding = found(*ops, **more)  # type: ignore[arg-type]
    return finding.judgement if finding else "none"


def test_values_that_come_back_fail_though_no_read_is_stale_by_one_overwrite() -> None:
    assert judgement(*FLIP[:-1]) == "pass"
    finding = found(*FLIP)
    assert finding is not None and finding.judgement == "fail" and finding.trial == 1
    assert finding.measured == "1 of 1 keys violated"
    assert finding.evidence[0] == "key k: 'a' was there before 'b' was, and 'b' before 'a'"
    assert "client1: read of a at n1, 3.500 s to 3.600 s" in finding.evidence


def test_without_a_read_nothing_is_said() -> None:
    assert judgement(acked("a", 0, 1)) == "none"


def test_keys_are_apart() -> None:
    one, other = acked("a", 0, 1), acked("b", 2, 3, key="other")
    assert judgement(one, other, read("a", 4, 5), read("b", 4, 5, key="other")) == "pass"


def test_a_value_that_failed_or_that_nobody_wrote_fails_if_all_was_told() -> None:
    assert judgement(refused("a", 0, 1), read("a", 2, 3)) == "fail"
    assert judgement(read("a", 2, 3)) == "fail"
    assert judgement(read("a", 2, 3), all_told=False) == "pass"
    assert judgement(read("a", 2, 3), gaps=True) == "unknown"
    assert judgement(read("a", 2, 3), acked("a", 4, 5), all_told=False, written="a") == "fail"


def test_a_lost_answer_may_have_been_done() -> None:
    assert judgement(acked("a", 0, 1), unknown("b", 2), read("a", 4, 5), read("b", 6, 7)) == "pass"


def test_lost_entries_leave_no_pass_and_take_no_violation_back() -> None:
    assert judgement(acked("a", 0, 1), read("a", 2, 3), gaps=True) == "unknown"
    assert judgement(*FLIP, gaps=True) == "fail"


def test_values_that_were_written_twice_leave_it_open() -> None:
    assert judgement(acked("a", 0, 1), acked("a", 2, 3), read("a", 4, 5)) == "unknown"


def test_a_run_is_judged_by_it_where_the_target_promises_it() -> None:
    journal: Journal = plus(a_run(), *FLIP)
    assert {f.measure: f.judgement for f in judge(plan(), journal).findings}["linearizability"] == "fail"
    nothing = Promises(
        detection=Bound(limit_s=0.5, formula=""),
        rpo=Bound(limit_s=1.0, formula=""),
        lost_writes_max=None,
        reads_are_linearizable=False,
    )
    assert "linearizability" not in {f.measure for f in judge(plan(promises=nothing), journal).findings}


def test_who_forces_a_promotion_gives_the_promise_up() -> None:
    def judged(action: Action) -> set[str]:
        step = ControlStep(action=action, to="standby", at=Window(1.0, 1.0))
        trials = tuple(
            structs.replace(trial, steps=(*trial.steps, TimedStep(step=step, at_s=1.0)))
            for trial in plan().trials
        )
        found = judge(structs.replace(plan(), trials=trials), plus(a_run(), *FLIP)).findings
        return {finding.measure for finding in found}

    assert "linearizability" in judged("promote")
    assert "linearizability" not in judged("force")
