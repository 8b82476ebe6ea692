"""A soak that is over, from what it left: its run's folder and the looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean

from rich.console import Console
from rich.table import Table

from harness import runfolder
from harness.model.errors import ExitCode
from harness.model.verdict import TrialMeasures, Verdict
from tests.proof import looks
from tests.proof.drift import TIMES, Drift, drift, figures
from tests.proof.growth import HELD, Growth, growth
from tests.proof.looks import Seen
from tests.proof.trend import CONFIDENCE, Trend

LOOKS = "looks.jsonl"


# What no machine, however busy, excuses.
_SAFETY = ("lost_writes", "rpo", "split_brain", "stale_reads", "linearizability", "invariants", "journal")
# A data node reads its whole log when it starts: 2 µs a record on a quiet machine.
_READS_RECORD_S = 5e-6


def told(out: Path) -> int:
    """Prints the figures; the exit code that they deserve."""
    run = next((plan.parent for plan in out.glob(f"*/{runfolder.PLAN}")), None)
    verdict = runfolder.read_verdict(run) if run else None
    if run is None or verdict is None:
        print(f"soak: the run broke before it could be judged; {out / 'told'} says why")
        return ExitCode.BROKEN_SURROUNDINGS
    seen = looks.kept(out / LOOKS)
    _told_of_it(verdict, seen, (run / runfolder.JOURNAL).stat().st_size)
    broken = [*_broken(verdict)]
    for line in broken:
        print(f"wrong: {line}")
    records = [trial.writes_acknowledged for trial in verdict.trials]
    keepers = {host.name for host in runfolder.read_plan(run).plan.hosts if host.role == "data"}
    leaks = _grown([look for look in seen if look.trial > 1], dict.fromkeys(keepers, mean(records or [0])))
    reads_s = {"rejoin": _READS_RECORD_S * sum(records)}
    pressure = looks.pressure(seen)
    drifts = [drift(name, verdict.trials, pressure, grows_s=reads_s.get(name, 0.0)) for name in TIMES]
    for one in drifts:
        print(_drifted(one))
    return _exit_code(bool(broken) or leaks, drifts)


def _told_of_it(verdict: Verdict, seen: Sequence[Seen], journal_bytes: int) -> None:
    made, took_s = len(verdict.trials), seen[-1].at_s - seen[0].at_s
    void = sum(bool(trial.void) for trial in verdict.trials)
    print(f"soak: {made} trials of {verdict.drill} in {took_s:.0f} s, the times of {void} void")
    pressure = [*looks.pressure(seen).values()]
    if pressure:
        print(f"pressure: something waited for a processor {mean(pressure):.0%} of the time")
    print(f"journal: {journal_bytes / 1e6:.1f} MB, {journal_bytes / max(made, 1) / 1e3:.0f} kB a trial")
    missed = [finding.measure for finding in verdict.findings if finding.judgement != "pass"]
    print(f"the drill itself: {verdict.judgement}{': ' * bool(missed)}{', '.join(missed)}")


def _exit_code(wrong: bool, drifts: Sequence[Drift]) -> ExitCode:
    said = {one.said for one in drifts}
    if wrong or "drift" in said:
        return ExitCode.FAIL
    return ExitCode.UNKNOWN if "not known" in said else ExitCode.PASS


def _broken(verdict: Verdict) -> Iterator[str]:
    """What no soak may show. A failover too many, or a late one, a busy machine has: that is told alone."""
    if len(verdict.trials) < verdict.trials_planned:
        yield f"{len(verdict.trials)} of {verdict.trials_planned} trials were made"
    never = {trial.trial for trial in verdict.trials for name in TIMES if _never_came(trial, name)}
    if never:
        yield f"in trials {', '.join(map(str, sorted(never)))} not all came that was waited for"
    for finding in verdict.findings:
        if finding.judgement != "pass" and finding.measure in _SAFETY:
            why = "; ".join(finding.evidence[:2])
            yield f"{finding.measure}: {finding.judgement}, {finding.measured}; {why}"


def _never_came(trial: TrialMeasures, name: str) -> bool:
    return not trial.void and any(figure.value is None for figure in figures(trial, name))


def _grown(seen: Sequence[Seen], records: Mapping[str, float]) -> bool:
    """Shows what was looked at; whether anything leaks. records: that who keeps them gets in a trial."""
    when = f"when trial {seen[0].trial} began, and trial {seen[-1].trial}"
    shown = Table("", title=f"held {when}; growth a trial since half-way")
    for column in ("memory", "then", "growth", "files", "then", "growth", "threads", "then", "growth"):
        shown.add_column(column, justify="right")
    leaks = []
    for who in seen[0].holds:
        found = [growth(who, held, seen, records_a_trial=records.get(who, 0.0)) for held in HELD]
        shown.add_row(
            who, *(text for held, one in zip(HELD, found, strict=True) for text in _cells(held, one))
        )
        leaks += [f"{held} of {who}" for held, one in zip(HELD, found, strict=True) if one.leaks]
    Console(width=150).print(shown)
    print(f"leaks: {', '.join(leaks) or 'none'}")
    return bool(leaks)


def _cells(held: str, one: Growth) -> Iterator[str]:
    unit, kilo, digits = (" MB", " kB", 1) if held == "memory_mb" else ("", "", 0)
    yield f"{one.first:.{digits}f}{unit}"
    yield f"{one.last:.{digits}f}{unit}"
    a_trial, factor = one.a_trial, 1000 if kilo else 1
    yield f"{a_trial.change * factor:.3g}{kilo}{'  leak' * one.leaks}" if a_trial else "?"


def _drifted(one: Drift) -> str:
    why = f" ({one.why})" if one.why else ""
    begun = f"{one.name}: median {one.median_s * 1000:.1f} ms of {one.trials} trials"
    return f"{begun}, {_changed(one.change)} (below {one.matters_s * 1000:.1f} ms is none): {one.said}{why}"


def _changed(change: Trend | None) -> str:
    if change is None:
        return "its change unknown"
    values = [f"{value * 1000:+.1f}" for value in (change.change, change.low, change.high)]
    return f"changed by {values[0]} ms ({values[1]} to {values[2]}, {CONFIDENCE:.0%})"
