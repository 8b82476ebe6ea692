"""Measured against bounds, as tables: times over the trials, then safety, then the drill's own checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import Struct, structs
from rich.table import Table
from rich.text import Text

from harness.model.verdict import Figure, Finding, TrialMeasures, Verdict
from reports.look import NEVER, NOTHING, STYLES, WORDS, Look, number, span, time

T = TypeVar("T")
_NO_FINDING = Finding(measure="journal", judgement="pass", measured="", bound="none")

_TIMES: tuple[tuple[str, str, Callable[[TrialMeasures], Figure | None]], ...] = (
    ("detection_time", "detection", lambda t: t.detection),
    ("outage", "outage", lambda t: t.outage),
    ("stranded_outage", "stranded outage", lambda t: t.stranded_outage),
    ("rejoin_time", "rejoin", lambda t: t.rejoin),
)

_CHECKS = (
    ("faults_bit", "faults took effect"),
    ("waits", "waits were met"),
    ("linearizability", "linearizable"),
    ("invariants", "invariants held"),
    ("noise", "machine kept up"),
    ("journal", "journal"),
)


class Total(Struct, frozen=True):
    """A safety measure over all trials. worst: the trial to look at; text of it, and which."""

    measure: str
    label: str
    text: str
    worst: str = NOTHING


def times_table(verdict: Verdict, look: Look) -> Table:
    """Detection, outage, rejoin: median and maximum over the trials whose times count, bound, judgement."""
    table = _table(look, "Times", ("median", "max", "±"))
    for measure, label, of in _TIMES:
        figures = counted(verdict.trials, of)
        findings = _of(verdict, measure)
        if not figures and not findings:
            continue
        middle, worst, error = _spread(figures)
        for finding in findings or (_NO_FINDING,):
            _row(table, look, label, (middle, worst, error), finding)
            label, middle, worst, error = "", "", "", ""
    return table


def safety_table(verdict: Verdict, look: Look) -> Table:
    """Loss, split brain, stale reads, false failovers: over every trial, voided ones included."""
    table = _table(look, "Safety", ("all trials", "worst (trial)"))
    for total in totals(verdict.trials):
        for finding in _exactly(_of(verdict, total.measure)) or (_NO_FINDING,):
            _row(table, look, total.label, (total.text, total.worst), finding)
    return table


def _exactly(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """`≤ 1` and `≥ 1`, both passed, are one line: a person wrote one number."""
    limits = [finding.bound.removeprefix("≤ ").removeprefix("≥ ") for finding in findings]
    if len(findings) != 2 or limits[0] != limits[1] or any(f.judgement != "pass" for f in findings):
        return findings
    return (structs.replace(findings[0], bound=f"exactly {limits[0]}"),)


def checks_table(verdict: Verdict, look: Look) -> Table:
    """Whether the drill itself was sound: faults, waits, noise, journal."""
    table = _table(look, "The drill itself", ())
    for measure, label in _CHECKS:
        for finding in _of(verdict, measure):
            _row(table, look, label, (), finding)
    return table


def counted(
    trials: Sequence[TrialMeasures], of: Callable[[TrialMeasures], Figure | None]
) -> tuple[Figure, ...]:
    """The figures that count: of trials that are not void, where the measure applies."""
    return tuple(figure for trial in trials if not trial.void and (figure := of(trial)) is not None)


def value(figure: Figure | None) -> float:
    """For order: what never came is later than all that did."""
    return float("inf") if figure is None or figure.value is None else figure.value


def middle(ordered: Sequence[T]) -> T:
    """The median as a trial that there was: of an even number the lower one of the two."""
    return ordered[(len(ordered) - 1) // 2]


def totals(trials: Sequence[TrialMeasures]) -> tuple[Total, ...]:
    """The safety measures, always all of the main ones; the rare ones only where there is something."""
    acknowledged = sum(t.writes_acknowledged for t in trials)
    lost = sum(_lost(t) for t in trials)
    main = (
        Total(
            "lost_writes", "lost writes", f"{number(lost)} of {number(acknowledged)}", _worst(trials, _lost)
        ),
        Total(
            "rpo",
            "RPO",
            time(max((t.rpo_s for t in trials), default=0.0)),
            _worst_s(trials, lambda t: t.rpo_s),
        ),
        Total("split_brain", "split brain", _split(trials), _worst_s(trials, lambda t: t.split_brain_high_s)),
        Total(
            "stale_reads",
            "stale reads",
            f"{number(sum(t.stale_reads for t in trials))} of {number(sum(t.reads_ok for t in trials))}",
            _worst(trials, lambda t: t.stale_reads),
        ),
        Total(
            "false_failovers",
            "false failovers",
            number(sum(t.false_failovers for t in trials)),
            _worst(trials, lambda t: t.false_failovers),
        ),
        Total("failovers", "failovers", number(sum(t.failovers for t in trials))),
    )
    rare = (
        Total(
            "old_primary_ops",
            "served by an old primary",
            number(sum(t.old_primary_ops for t in trials)),
            _worst(trials, lambda t: t.old_primary_ops),
        ),
        Total(
            "phantom_writes",
            "phantom writes",
            number(sum(t.phantom for t in trials)),
            _worst(trials, lambda t: t.phantom),
        ),
        Total(
            "duplicated",
            "duplicated writes",
            number(sum(t.duplicated for t in trials)),
            _worst(trials, lambda t: t.duplicated),
        ),
        Total(
            "claimed",
            "two claim primary",
            time(sum(t.claimed_s for t in trials)),
            _worst_s(trials, lambda t: t.claimed_s),
        ),
    )
    return main + tuple(total for total in rare if not total.text.startswith("0"))


def _lost(trial: TrialMeasures) -> int:
    return trial.lost_before_fault + trial.lost_after_fault


def _split(trials: Sequence[TrialMeasures]) -> str:
    return span(sum(t.split_brain_low_s for t in trials), sum(t.split_brain_high_s for t in trials))


def _worst(trials: Sequence[TrialMeasures], of: Callable[[TrialMeasures], int]) -> str:
    worst = max(trials, key=of, default=None)
    return NOTHING if worst is None or not of(worst) else f"{number(of(worst))} (#{worst.trial})"


def _worst_s(trials: Sequence[TrialMeasures], of: Callable[[TrialMeasures], float]) -> str:
    worst = max(trials, key=of, default=None)
    return NOTHING if worst is None or not of(worst) else f"{time(of(worst))} (#{worst.trial})"


def _spread(figures: Sequence[Figure]) -> tuple[str, str, str]:
    if not figures:
        return NOTHING, NOTHING, NOTHING
    values = [value(figure) for figure in figures]
    errors = [
        (figure.high - figure.low) / 2
        for figure in figures
        if figure.high is not None and figure.low is not None
    ]
    return time(middle(sorted(values))), time(max(values)), time(max(errors)) if errors else NOTHING


def _of(verdict: Verdict, measure: str) -> tuple[Finding, ...]:
    return tuple(finding for finding in verdict.findings if finding.measure == measure)


def _table(look: Look, title: str, columns: tuple[str, ...]) -> Table:
    table = Table(box=look.box, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(title, no_wrap=True)
    for column in columns:
        table.add_column(look.text(column), justify="right", no_wrap=True)
    table.add_column("judged on", overflow="fold")
    table.add_column("bound", overflow="fold")
    table.add_column("", width=7, no_wrap=True)
    return table


def _row(table: Table, look: Look, label: str, cells: tuple[str, ...], finding: Finding) -> None:
    missing = finding is _NO_FINDING
    table.add_row(
        label,
        *(Text(look.text(cell), style=STYLES["fail"] if cell == NEVER else "") for cell in cells),
        look.text(finding.measured),
        Text(look.text(finding.bound), style="dim" if missing else ""),
        Text("" if missing else WORDS[finding.judgement], style="" if missing else STYLES[finding.judgement]),
    )
