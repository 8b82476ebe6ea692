"""What each fault cost, where trials had several: each host in its turn, say."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from harness.model.verdict import TrialMeasures
from reports.look import NOTHING, Look, number, time
from reports.measures import counted, value

# Of two, each is drawn as it is: the median and the worst.
FAULTS_LEAST = 3


def by_fault(trials: Sequence[TrialMeasures], look: Look) -> Table | None:
    """A row for each fault, in the order of trials; the worst of its outages that count."""
    names = tuple(dict.fromkeys(trial.fault for trial in trials if trial.fault))
    if len(names) < FAULTS_LEAST:
        return None
    table = Table(box=look.box, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("What each fault cost", "trials", "outage", "failovers", "lost"):
        table.add_column(column, overflow="fold", justify="left" if not table.columns else "right")
    for name in names:
        table.add_row(Text(look.text(name)), *_cost([t for t in trials if t.fault == name]))
    return table


def _cost(trials: Sequence[TrialMeasures]) -> tuple[str, str, str, str]:
    outages = counted(trials, lambda trial: trial.outage)
    worst = time(max(map(value, outages))) if outages else NOTHING
    lost = sum(trial.lost_before_fault + trial.lost_after_fault for trial in trials)
    return number(len(trials)), worst, number(sum(trial.failovers for trial in trials)), number(lost)
