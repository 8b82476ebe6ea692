"""Plan and journal -> verdict. Pure; runs nothing and reads no file.

Every expectation becomes a finding; beside them stand those on the drill itself: did the faults bite, was
the journal whole, was the harness awake, were the waits met. A finding that could not be made is unknown,
a checker that crashes included, and unknown is not pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Literal

from harness.checkers import stalereads
from harness.checkers.bounds import TIMES, judge_bound
from harness.checkers.figures import few
from harness.checkers.history import History, history
from harness.checkers.measure import Guard, Measured, Shared, measure
from harness.journalfile import Journal
from harness.model.drill import Expectation, Measure
from harness.model.event import Returned
from harness.model.journal import Entry
from harness.model.plan import Plan
from harness.model.verdict import Finding, Judgement, Verdict


def judge(plan: Plan, journal: Journal) -> Verdict:
    """Never raises for what a journal may hold."""
    guard = Guard()
    found = guard.run("history", (), None, lambda: history(plan, journal.entries))
    if found is None:
        return _verdict(plan, [_crashed("journal", "the journal could not be sorted")], [])
    shared = _shared(plan, found, journal.entries, guard)
    trials = [measure(shared, trial) for trial in found.trials]
    return _verdict(plan, _findings(plan, found, journal, trials), trials)


def _shared(plan: Plan, found: History, entries: Sequence[Entry], guard: Guard) -> Shared:
    writes = chain.from_iterable(trial.writes for trial in found.trials)
    reads = chain.from_iterable(trial.reads for trial in found.trials)
    attempted = {e.value: e.trial for e in entries if isinstance(e, Returned) and e.kind == "write"}
    return Shared(
        plan=plan,
        history=found,
        attempted=attempted,
        reads=guard.run("stalereads", (), None, lambda: stalereads.check(writes, reads)),
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


def _findings(plan: Plan, found: History, journal: Journal, trials: Sequence[Measured]) -> list[Finding]:
    bounds = [_bounded(plan, expectation, trials, gaps=journal.gaps) for expectation in plan.expect]
    findings = [*bounds, _journal(plan, found, journal), _faults_bit(plan, trials), _waits(found)]
    if any(expectation.measure in TIMES for expectation in plan.expect):
        findings.append(_noise(plan, trials))
    return findings


def _bounded(plan: Plan, expectation: Expectation, trials: Sequence[Measured], *, gaps: bool) -> Finding:
    try:
        return judge_bound(plan, expectation, trials, gaps=gaps)
    except Exception as error:
        return _crashed(expectation.measure, f"judging it crashed: {type(error).__name__}: {error}")


def _crashed(measure: Measure | Literal["journal"], text: str) -> Finding:
    return Finding(measure=measure, judgement="unknown", measured="", bound="", evidence=(text,))


def _journal(plan: Plan, found: History, journal: Journal) -> Finding:
    """Whole, undamaged, and of a run that went to its end."""
    problems = list(journal.damage)
    problems += _twice(found)
    if found.end is None:
        problems.append("the run's end is not in the journal: it died, or the journal was cut")
    elif found.end.reason != "done":
        problems.append(f"the run ended early: {found.end.reason}; {found.end.detail}".rstrip("; "))
    made = sum(1 for trial in found.trials if trial.completed)
    if made < len(plan.trials):
        problems.append(f"{made} of {len(plan.trials)} trials were completed")
    return Finding(
        measure="journal",
        judgement="unknown" if problems else "pass",
        measured=f"{len(journal.entries)} entries, {made} trials completed",
        bound=f"whole, {len(plan.trials)} trials",
        evidence=few(problems, 10),
    )


def _twice(found: History) -> list[str]:
    """Values that were written twice: nothing that is judged by unique values holds for them."""
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
