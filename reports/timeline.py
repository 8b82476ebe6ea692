"""The phases of one trial along a time axis, in text. A bar is what a phase took after the one before."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

from msgspec import Struct
from rich.text import Text

from harness.model.verdict import Figure, TrialMeasures
from reports.look import NEVER, STYLES, Look, time
from reports.measures import middle, value

_SERVED = ("first write", "good again")
_LABELS = {"lease_over": "lease over", "acknowledged": "first write"}
_NAME_WIDTH, _VALUE_WIDTH, _DELTA_WIDTH, _BAR_MIN_WIDTH = 12, 13, 9, 20
# What comes this many times later than service was back is shown as an arrow past the edge: a rejoin
# after seconds would squeeze a failover of milliseconds into one column.
_BEYOND = 2.5
_LABEL_WIDTH = 9
_SAME_S = 0.002


class Row(Struct, frozen=True):
    """One phase; at_s None: awaited, and never came."""

    name: str
    who: str
    at_s: float | None


class Scale(Struct, frozen=True, kw_only=True):
    """Where times go: columns of the bars' field, whose right edge is end_s."""

    who_width: int
    bar_width: int
    end_s: float
    step_s: float

    def column(self, at_s: float) -> int:
        return round(max(0.0, min(at_s, self.end_s)) / self.end_s * (self.bar_width - 1))

    def ticks_s(self) -> tuple[float, ...]:
        return tuple(index * self.step_s for index in range(int(self.end_s / self.step_s * (1 + 1e-9)) + 1))


def median_and_worst(trials: Sequence[TrialMeasures]) -> tuple[tuple[str, TrialMeasures], ...]:
    """The trials worth drawing, each with why: by outage where there is one, else by detection."""
    by = "outage" if any(t.outage for t in trials) else "detection"
    ordered = sorted(
        (t for t in trials if not t.void and (t.outage or t.detection)),
        key=lambda t: value(t.outage if by == "outage" else t.detection),
    )
    if not ordered:
        return ()
    median, worst = middle(ordered), ordered[-1]
    if median is worst:
        return (("the only one" if len(ordered) == 1 else f"median and worst {by}", worst),)
    return (f"median {by}", median), (f"worst {by}", worst)


def rows(trial: TrialMeasures) -> tuple[Row, ...]:
    """Phases in the order they came, each by its first report; then what never came."""
    first: dict[str, Row] = {}
    for phase in sorted(trial.phases, key=lambda p: p.after_fault_s):
        name = _LABELS.get(phase.phase, phase.phase)
        who = phase.subject if phase.subject == phase.host else f"{phase.subject} by {phase.host}"
        who += f", {phase.layer}" if phase.layer else ""
        first.setdefault(name, Row(name, who, phase.after_fault_s))
    awaited = (
        Row("decided", "", _when(trial.detection)) if trial.detection and "decided" not in first else None,
        _good_again(trial.outage, first.get("first write")),
        Row("rejoined", "", None) if _never(trial.rejoin) and "rejoined" not in first else None,
    )
    found = [*first.values(), *(row for row in awaited if row)]
    return tuple(sorted(found, key=lambda row: float("inf") if row.at_s is None else row.at_s))


def _good_again(outage: Figure | None, first_write: Row | None) -> Row | None:
    """The end of the outage: from then on writes are good in a row. Often that is the first write itself."""
    at_s = _when(outage)
    if outage is None or (first_write and at_s is not None and at_s - (first_write.at_s or 0.0) < _SAME_S):
        return None
    return Row("good again" if first_write else "first write", "", at_s)


def title(trial: TrialMeasures, why: str, look: Look) -> Text:
    """Which trial is drawn, why that one, and what was done to it."""
    return Text(look.text(f"Trial {trial.trial}, {why}: {trial.fault or 'no fault'}"), style="bold")


def chart(trial: TrialMeasures, *, width: int, look: Look) -> Text:
    """The trial as lines no longer than width."""
    drawn = rows(trial)
    scale = _scale(drawn, width)
    indent = " " * (_NAME_WIDTH + scale.who_width)
    text = Text(no_wrap=True)
    heads = f"{'after fault':>{_VALUE_WIDTH}}{'step':>{_DELTA_WIDTH}}"
    text.append(f"{indent}{_labels(scale)}{heads}\n", style="dim")
    text.append(f"{indent}{_ticks(scale, look)}\n", style="dim")
    text.append(f"{'fault':{_NAME_WIDTH}}{'':{scale.who_width}}")
    text.append(look.dot, style="bold red")
    text.append(f"{'':{scale.bar_width - 1}}{time(0.0):>{_VALUE_WIDTH}}\n")
    before_s = 0.0
    for row in drawn:
        _draw(text, row, before_s=before_s, scale=scale, look=look)
        before_s = before_s if row.at_s is None else max(before_s, row.at_s)
    text.right_crop(1)
    return text


def _scale(drawn: Sequence[Row], width: int) -> Scale:
    fixed = _NAME_WIDTH + _VALUE_WIDTH + _DELTA_WIDTH
    wanted = max((len(row.who) for row in drawn), default=0) + 2
    who_width = max(0, min(wanted, width - fixed - _BAR_MIN_WIDTH))
    bar_width = max(_BAR_MIN_WIDTH, width - fixed - who_width)
    end_s = _end_s(drawn)
    return Scale(who_width=who_width, bar_width=bar_width, end_s=end_s, step_s=_step_s(end_s, bar_width))


def _draw(text: Text, row: Row, *, before_s: float, scale: Scale, look: Look) -> None:
    who = look.text(_cut(row.who, scale.who_width - 1, look))
    text.append(f"{look.text(row.name):{_NAME_WIDTH}}")
    text.append(f"{who:{scale.who_width}}", style="dim")
    if row.at_s is None:
        text.append(f"{'':{scale.bar_width}}{NEVER:>{_VALUE_WIDTH}}\n", style=STYLES["fail"])
        return
    start, stop = scale.column(before_s), scale.column(row.at_s)
    beyond = row.at_s > scale.end_s
    text.append(" " * start + look.bar * (stop - start))
    text.append(look.beyond if beyond else look.dot, style="dim" if beyond else _dot_style(row.name))
    text.append(" " * (scale.bar_width - stop - 1) + f"{time(row.at_s):>{_VALUE_WIDTH}}")
    text.append(f"{'+' + time(row.at_s - before_s):>{_DELTA_WIDTH}}\n", style="dim")


def _dot_style(name: str) -> str:
    return "bold green" if name in _SERVED else "bold cyan"


def _end_s(drawn: Sequence[Row]) -> float:
    """The right edge: the last phase, unless it comes long after service was back."""
    times = [row.at_s for row in drawn if row.at_s is not None]
    served = [row.at_s for row in drawn if row.name in _SERVED and row.at_s]
    limit_s = _BEYOND * max(served, default=float("inf"))
    return max((at_s for at_s in times if 0.0 < at_s <= limit_s), default=0.001)


def _step_s(end_s: float, bar_width: int) -> float:
    """The distance of ticks: 1, 2 or 5 times a power of ten, with room for its label."""
    wanted_s = end_s * _LABEL_WIDTH / bar_width
    base = 10.0 ** floor(log10(wanted_s))
    return next(base * factor for factor in (1, 2, 5, 10) if base * factor >= wanted_s)


def _labels(scale: Scale) -> str:
    line = " " * scale.bar_width
    for tick_s in scale.ticks_s():
        label = f"{tick_s * 1000:g}" + ("" if tick_s else " ms")
        at = min(scale.column(tick_s), scale.bar_width - len(label))
        line = line[:at] + label + line[at + len(label) :]
    return line


def _ticks(scale: Scale, look: Look) -> str:
    columns = {scale.column(tick_s) for tick_s in scale.ticks_s()}
    return "".join(look.tick if column in columns else look.axis for column in range(scale.bar_width))


def _cut(text: str, width: int, look: Look) -> str:
    mark = look.text("…")
    return text if len(look.text(text)) <= width else look.text(text)[: width - len(mark)] + mark


def _when(figure: Figure | None) -> float | None:
    return figure.value if figure else None


def _never(figure: Figure | None) -> bool:
    return figure is not None and figure.value is None
