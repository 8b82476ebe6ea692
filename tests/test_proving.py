"""Which pairs of defect and drill are tried, and how long one is looked for."""

from __future__ import annotations

from harness.model.plan import Plan
from harness.model.proof import SOUND, Proof
from harness.model.verdict import Finding, Judgement, Verdict
from harness.proving import UNDRILLED, Pair, pairs, prove
from tests.drillfile.written import read
from tests.planner.papertarget import PaperTarget
from tests.planner.planning import EXAMPLE

DEFECT = "no-lease-check"


def made(**proofs: Proof) -> list[Pair]:
    drill = read(EXAMPLE)
    named = {name.replace("_", "-"): proof for name, proof in proofs.items()}
    return pairs(PaperTarget(), named, {drill.name: drill}, world="docker", seed=7, batches=(1, 2))


def one(**words: Proof) -> Pair:
    return next(pair for pair in made(**words) if pair.defect != SOUND)


class Runs:
    """Answers with one judgement after the other, and keeps what was asked."""

    def __init__(self, *judgements: Judgement) -> None:
        self._judgements = [*judgements]
        self.plans: list[Plan] = []

    def __call__(self, plan: Plan) -> Verdict:
        self.plans.append(plan)
        judgement = self._judgements.pop(0)
        finding = Finding(measure="outage", judgement=judgement, measured="2 s", bound="1 s")
        return Verdict(
            drill=plan.drill, judgement=judgement, findings=(finding,), trials=(), trials_planned=1
        )


def drill_name() -> str:
    return read(EXAMPLE).name


def test_the_sound_controller_is_run_in_every_drill_that_is_used() -> None:
    first, second = made(no_lease_check=Proof(drills=(drill_name(),)))
    assert (first.defect, second.defect) == (SOUND, DEFECT)
    assert [plan.defect for plan in (*first.plans, *second.plans)] == [SOUND, DEFECT, DEFECT]


def test_the_sound_controller_gets_as_many_trials_as_a_defect_at_most() -> None:
    sound, broken = made(no_lease_check=Proof(drills=(drill_name(),)))
    assert [len(plan.trials) for plan in sound.plans] == [3]
    assert [len(plan.trials) for plan in broken.plans] == [1, 2]


def test_a_defect_is_looked_for_until_it_is_found() -> None:
    runs = Runs("fail")
    cell = prove(one(no_lease_check=Proof(drills=(drill_name(),))), runs)
    assert (cell.outcome, cell.trials, cell.seed) == ("found", 1, 7)
    assert len(runs.plans) == 1


def test_one_that_hides_gets_more_trials_with_another_seed() -> None:
    runs = Runs("pass", "fail")
    cell = prove(one(no_lease_check=Proof(drills=(drill_name(),))), runs)
    assert (cell.outcome, cell.trials) == ("found", 3)
    assert runs.plans[0].seed != runs.plans[1].seed == cell.seed


def test_one_that_is_never_found_is_told_so() -> None:
    assert (
        prove(one(no_lease_check=Proof(drills=(drill_name(),))), Runs("pass", "pass")).outcome == "not found"
    )


def test_doubt_in_one_batch_is_overruled_by_a_finding_in_the_next() -> None:
    pair = one(no_lease_check=Proof(drills=(drill_name(),)))
    assert prove(pair, Runs("unknown", "fail")).outcome == "found"
    assert prove(pair, Runs("unknown", "pass")).outcome == "unknown"


def test_where_a_defect_cannot_show_nothing_is_run() -> None:
    (pair,) = made(no_lease_check=Proof(drills=(drill_name(),), not_in={"docker": "only seen from inside"}))
    runs = Runs()
    cell = prove(pair, runs)
    assert (cell.outcome, cell.reason, runs.plans) == ("not applicable", "only seen from inside", [])


def test_a_defect_that_no_drill_looks_for_is_unknown_and_not_hidden() -> None:
    (pair,) = made(no_lease_check=Proof(drills=()))
    cell = prove(pair, Runs())
    assert (cell.outcome, cell.reason) == ("unknown", UNDRILLED)
