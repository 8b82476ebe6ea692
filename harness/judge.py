"""Plan and journal -> verdict. Pure; runs nothing and reads no file.

Every expectation becomes a finding; beside them stand those on the drill itself: did the faults bite, was
the journal whole, was the harness awake, were the waits met. A finding that could not be made is unknown,
a checker that crashes included, and unknown is not pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Literal

from harness.checkers import failovers, invariants, linearizability, splitbrain, stalereads
from harness.checkers.bounds import judge_bound
from harness.checkers.clocks import within_true_time
from harness.checkers.figures import few
from harness.checkers.history import History, Trial, history
from harness.checkers.linear.clusters import by_key
from harness.checkers.linearizability import Keys
from harness.checkers.measure import measure
from harness.checkers.measured import Guard, Measured, Shared, unmeasured
from harness.checkers.wording import TIMES
from harness.journalfile import Journal, no_collection
from harness.model.drill import ControlStep, Expectation, Measure
from harness.model.event import EVENTS_LOST, Failed
from harness.model.journal import Entry
from harness.model.plan import Plan
from harness.model.verdict import Finding, Judgement, Verdict


def judge(plan: Plan, journal: Journal) -> Verdict:
    """Never raises for what a journal may hold."""
    with no_collection():
        return _judged(plan, journal)


def _judged(plan: Plan, journal: Journal) -> Verdict:
    guard = Guard()
    found = guard.run("history", (), None, lambda: history(plan, journal.entries))
    if found is None:
        return _verdict(plan, [_crashed("journal", "the journal could not be sorted")], [])
    keys = guard.run("clusters", (), None, lambda: _keys(found, plan.clock_error_s))
    shared = _shared(plan, found, keys, guard)
    trials = [_measured(shared, trial, guard) for trial in found.trials]
    nothing: list[Finding] = []
    ordered = guard.run("linearizability", (), nothing, lambda: _ordered(shared, keys, journal))
    crashed = dict.fromkeys([*guard.crashed, *chain.from_iterable(trial.crashed for trial in trials)])
    findings = [*_findings(shared, journal, trials, tuple(crashed)), *ordered]
    return _verdict(plan, findings, trials)


def _measured(shared: Shared, trial: Trial, guard: Guard) -> Measured:
    """A trial that cannot be put together proves nothing, and hides nothing."""
    lost = unmeasured(trial)
    return guard.run(f"trial {trial.number}", (), lost, lambda: measure(shared, trial))


def _keys(found: History, clock_error_s: float) -> Keys:
    """clock_error_s: what real time orders must be ordered whatever the clocks' error was."""
    writes = chain.from_iterable(within_true_time(trial.writes, clock_error_s) for trial in found.trials)
    reads = chain.from_iterable(within_true_time(trial.reads, clock_error_s) for trial in found.trials)
    return by_key(writes, reads)


def _ordered(shared: Shared, keys: Keys | None, journal: Journal) -> list[Finding]:
    """Where the target promises it. A crash before it is told with the journal."""
    if keys is None or not shared.plan.promises.reads_are_linearizable or _is_forced(shared.plan):
        return []
    return linearizability.check(
        keys,
        written=shared.attempted,
        all_told=all(trial.all_told for trial in shared.history.trials),
        gaps=journal.gaps or bool(_lost_events(shared.history.told)),
    )


def _is_forced(plan: Plan) -> bool:
    """A forced promotion gives up by order what nobody else holds: no promise is left to judge."""
    steps = (timed.step for trial in plan.trials for timed in trial.steps)
    return any(isinstance(step, ControlStep) and step.action == "force" for step in steps)


def _shared(plan: Plan, found: History, keys: Keys | None, guard: Guard) -> Shared:
    attempted = {write.value: trial.number for trial in found.trials for write in trial.writes}
    return Shared(
        plan=plan,
        history=found,
        attempted=attempted,
        reads=None if keys is None else guard.run("stalereads", (), None, lambda: stalereads.check(keys)),
        turns=guard.run("failovers", (), None, lambda: failovers.check(plan, found)),
        first=guard.run("splitbrain", (), None, lambda: splitbrain.firsts(found.trials, plan.clock_error_s)),
    )


def _verdict(plan: Plan, findings: Sequence[Finding], trials: Sequence[Measured]) -> Verdict:
    judgements = {finding.judgement for finding in findings}
    worst: Judgement = "fail" if "fail" in judgements else "unknown" if "unknown" in judgements else "pass"
    return Verdict(
        drill=plan.drill,
        judgement=worst,
        findings=tuple(findings),
        trials=tuple(trial.numbers for trial in trials),
        trials_planned=len(plan.trials),
    )


def _findings(
    shared: Shared, journal: Journal, trials: Sequence[Measured], crashed: Sequence[str]
) -> list[Finding]:
    plan = shared.plan
    lost = _lost_events(shared.history.told)
    gaps = journal.gaps or bool(lost)
    bounds = [_bounded(plan, expectation, trials, gaps=gaps) for expectation in plan.expect]
    whole = _journal(plan, shared.history, shared.attempted, (*journal.damage, *lost, *crashed))
    findings = [*bounds, whole, _faults_bit(plan, trials), _waits(shared.history)]
    findings += invariants.check(shared.history.told)
    # A time that must be long is widened by the stalls instead.
    if any(wanted.measure in TIMES and not wanted.at_least for wanted in plan.expect):
        findings.append(_noise(plan, trials))
    return findings


def _bounded(plan: Plan, expectation: Expectation, trials: Sequence[Measured], *, gaps: bool) -> Finding:
    try:
        return judge_bound(plan, expectation, trials, gaps=gaps)
    except Exception as error:
        return _crashed(expectation.measure, f"judging it crashed: {type(error).__name__}: {error}")


def _crashed(measure: Measure | Literal["journal"], text: str) -> Finding:
    return Finding(measure=measure, judgement="unknown", measured="", bound="", evidence=(text,))


def _lost_events(entries: Sequence[Entry]) -> list[str]:
    """An observer that was away for too long: what its host told meanwhile is in no journal."""
    return [e.reason for e in entries if isinstance(e, Failed) and e.command_id.startswith(EVENTS_LOST)]


def _journal(plan: Plan, found: History, attempted: Mapping[str, int], damage: Sequence[str]) -> Finding:
    """Whole, undamaged, of this plan, and of a run that went to its end."""
    problems = [*damage, *_twice(found, attempted)]
    planned = {trial.number for trial in plan.trials}
    problems += [f"trial {t.number} is not in the plan" for t in found.trials if t.number not in planned]
    if found.end is None:
        problems.append("the run's end is not in the journal: it died, or the journal was cut")
    elif found.end.reason != "done":
        problems.append(f"the run ended early: {found.end.reason}; {found.end.detail}".rstrip("; "))
    made = sum(1 for trial in found.trials if trial.completed and trial.number in planned)
    if made < len(plan.trials):
        problems.append(f"{made} of {len(plan.trials)} trials were completed")
    return Finding(
        measure="journal",
        judgement="unknown" if problems else "pass",
        measured=f"{_trials(made)} completed",
        bound=f"whole, {_trials(len(plan.trials))}",
        evidence=few(problems, 10),
    )


def _trials(number: int) -> str:
    return "1 trial" if number == 1 else f"{number} trials"


def _twice(found: History, attempted: Mapping[str, int]) -> list[str]:
    """Values that were written twice: nothing that is judged by unique values holds for them."""
    if len(attempted) == sum(len(trial.writes) for trial in found.trials):
        return []
    seen: set[str] = set()
    twice: list[str] = []
    for trial in found.trials:
        for write in trial.writes:
            if write.value in seen:
                twice.append(f"trial {trial.number}: {write.value} was written twice")
            seen.add(write.value)
    return list(few(twice, 3))


def _faults_bit(plan: Plan, trials: Sequence[Measured]) -> Finding:
    problems = [problem for trial in trials for problem in trial.faults_missing]
    good = sum(1 for trial in trials if not trial.faults_missing)
    return Finding(
        measure="faults_bit",
        judgement="unknown" if problems or not trials else "pass",
        measured=f"in {good} of {len(trials)} trials",
        bound="in every trial",
        trial=next((trial.numbers.trial for trial in trials if trial.faults_missing), 0),
        evidence=few(problems),
    )


def _waits(found: History) -> Finding:
    expired = [(trial.number, wait.text) for trial in found.trials for wait in trial.waits if not wait.met]
    return Finding(
        measure="waits",
        judgement="unknown" if expired else "pass",
        measured=f"{len(expired)} expired",
        bound="none expires",
        trial=expired[0][0] if expired else 0,
        evidence=few([f"trial {number}: {text}" for number, text in expired]),
    )


def _noise(plan: Plan, trials: Sequence[Measured]) -> Finding:
    """Void trials are left out of the times; with half of them void the rest is no fair sample."""
    noisy = [trial for trial in trials if trial.noise]
    return Finding(
        measure="noise",
        judgement="unknown" if not trials or 2 * len(noisy) >= len(trials) else "pass",
        measured=f"{len(noisy)} of {len(trials)} trials void",
        bound=f"fewer than half, by a stall beyond {plan.stall_limit_s * 1000:g} ms",
        trial=noisy[0].numbers.trial if noisy else 0,
        evidence=few([f"trial {trial.numbers.trial}: {trial.noise}" for trial in noisy]),
    )
