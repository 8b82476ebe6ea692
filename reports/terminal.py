"""The report of a run for a terminal, and for pasting into a postmortem. Pure: no clock, no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from harness.model.drill import Json
from harness.model.isolation import LACKS
from harness.model.plan import PlanFile, Provenance
from harness.model.units import duration
from harness.model.verdict import Finding, Judgement, TrialMeasures, Verdict
from reports.byfault import by_fault
from reports.look import STYLES, Look, count, span, time
from reports.measures import checks_table, counted, middle, safety_table, times_table, totals, value
from reports.timeline import chart, median_and_worst, title


class Report:
    """A run, judged, as a rich renderable that fits the width it is given."""

    def __init__(self, file: PlanFile, verdict: Verdict, *, folder: str, look: Look) -> None:
        self._file, self._verdict, self._folder, self._look = file, verdict, folder, look

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield headline(self._file, self._verdict, self._look)
        yield from _sections(self._verdict, self._look, width=options.max_width)
        yield provenance(self._file, self._folder, self._look)


def headline(file: PlanFile, verdict: Verdict, look: Look) -> RenderableType:
    """PASS, FAIL or UNKNOWN, of what, and in one sentence why."""
    plan = file.plan
    style = STYLES[verdict.judgement]
    line = Text()
    line.append(f"{verdict.judgement.upper()}  ", style=style)
    line.append(verdict.drill, style="bold")
    defect = f", with the defect {plan.defect}" if plan.defect else ""
    trials = trials_text(verdict)
    line.append(look.text(f"  {trials} on {plan.target} ({plan.world}), seed {plan.seed}{defect}"))
    rule = Rule(style=style, characters="=" if look.ascii else "━")
    lacks = [Text(look.text(LACKS[plan.world]), style="dim")] if plan.world in LACKS else []
    return Group(rule, line, Text(look.text(summary(verdict))), *lacks, rule)


def trials_text(verdict: Verdict) -> str:
    """`30 trials`, `7 of 30 trials`, `3 trials, the times of 1 void`."""
    done, planned = len(verdict.trials), verdict.trials_planned
    text = count(done, "trial") if done == planned else f"{done} of {count(planned, 'trial')}"
    void = sum(bool(trial.void) for trial in verdict.trials)
    return f"{text}, the times of {void} void," if void else text


def summary(verdict: Verdict) -> str:
    """The run in one or two sentences."""
    parts = [_blame(verdict, "fail", "Failed"), _blame(verdict, "unknown", "Not known")]
    parts.append(_shown(verdict))
    outages = [value(figure) for figure in counted(verdict.trials, lambda trial: trial.outage)]
    if outages:
        parts.append(_outage(sorted(outages)))
    parts.append(_safety(verdict))
    return " ".join(part for part in parts if part)


def _outage(ordered: list[float]) -> str:
    median, worst = middle(ordered), ordered[-1]
    if worst == float("inf"):
        never = sum(outage == worst for outage in ordered)
        return f"In {never} of {count(len(ordered), 'trial')} service never came back."
    if len(ordered) == 1:
        return f"Outage {time(worst)}."
    return f"Outage {time(median)} in the median trial, {time(worst)} in the worst."


def _blame(verdict: Verdict, judgement: Judgement, word: str) -> str:
    names = dict.fromkeys(_name(f) for f in verdict.findings if f.judgement == judgement)
    return f"{word}: {', '.join(names)}." if names else ""


def _shown(verdict: Verdict) -> str:
    """A pass that says this is no praise of the system."""
    names = dict.fromkeys(_name(finding) for finding in verdict.findings if finding.shown)
    return f"Shown, as it should: {', '.join(names)}." if names else ""


def _safety(verdict: Verdict) -> str:
    """What is not known is not said to be none."""
    trials = verdict.trials
    if not trials:
        return "No trial was judged."
    unknown = {finding.measure for finding in verdict.findings if finding.judgement == "unknown"}
    high_s = sum(trial.split_brain_high_s for trial in trials)
    low_s = sum(trial.split_brain_low_s for trial in trials)
    lost = "" if "lost_writes" in unknown else f"Lost {totals(trials)[0].text} acknowledged writes."
    none = "" if "split_brain" in unknown else "No split brain seen."
    split = f"Split brain for {span(low_s, high_s)}." if low_s else none
    return " ".join(part for part in (lost, split) if part)


def _sections(verdict: Verdict, look: Look, *, width: int) -> Iterator[RenderableType]:
    for table in (times_table(verdict, look), safety_table(verdict, look), checks_table(verdict, look)):
        if table.row_count:
            yield Text()
            yield table
    costs = by_fault(verdict.trials, look)
    if costs is not None:
        yield Text()
        yield costs
    for why, trial in median_and_worst(verdict.trials):
        yield Text()
        yield title(trial, why, look)
        yield chart(trial, width=width, look=look)
    yield from _evidence(verdict, look)
    yield from _voids(verdict.trials, look)


def _evidence(verdict: Verdict, look: Look) -> Iterator[RenderableType]:
    for judgement in ("fail", "unknown"):
        for finding in verdict.findings:
            if finding.judgement == judgement:
                yield Text()
                yield _finding(finding, look)


def _finding(finding: Finding, look: Look) -> RenderableType:
    head = Text()
    head.append(f"{finding.judgement.upper()}  ", style=STYLES[finding.judgement])
    head.append(_name(finding), style="bold")
    error = f" ({finding.error})" if finding.error else ""
    at = f"; look at trial {finding.trial} first" if finding.trial else ""
    measured = finding.measured or "not measured"
    head.append(look.text(f": {measured}{error}, bound {finding.bound}{at}"))
    return Group(head, *(_bullet(line, look) for line in finding.evidence))


def _bullet(line: str, look: Look) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row(look.bullet, Text(look.text(line)))
    return Padding(grid, (0, 0, 0, 2))


def _voids(trials: tuple[TrialMeasures, ...], look: Look) -> Iterator[RenderableType]:
    void = [trial for trial in trials if trial.void]
    if void:
        yield Text()
        yield Text("Times that do not count (safety does)", style="bold")
        yield from (_bullet(f"trial {trial.trial}: {trial.void}", look) for trial in void)


def provenance(file: PlanFile, folder: str, look: Look) -> RenderableType:
    """Where the run lies, when it was, what ran, and how to run it again."""
    made = file.provenance
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    rows = (
        ("run again", made.command),
        ("run folder", folder),
        ("started", made.started_utc),
        ("settings", settings_text(file.plan.settings)),
        ("made with", _made_with(made)),
        ("images", _identified(made.images)),
        ("programs", _identified(made.programs)),
    )
    for name, text in rows:
        if text:
            grid.add_row(name, Text(look.text(text)))
    return Group(Text(), grid)


def _identified(ids: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {known.removeprefix('sha256:')[:12]}" for name, known in ids.items())


def _made_with(made: Provenance) -> str:
    return (
        f"failover-drill {made.harness_version}, Python {made.python}, Linux {made.kernel}, "
        f"{count(made.cpus, 'CPU')}"
    )


def settings_text(settings: dict[str, Json]) -> str:
    """`replication sync, detector.interval 100ms`: nested names joined by dots, seconds with their unit."""
    return ", ".join(f"{name} {text}" for name, text in _flat("", settings))


def _flat(prefix: str, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
    for name, setting in settings.items():
        match setting:
            case dict():
                yield from _flat(f"{prefix}{name}.", setting)
            case list():
                yield f"{prefix}{name}", " ".join(map(str, setting))
            case int() | float() if name.endswith("_s"):
                yield f"{prefix}{name.removesuffix('_s')}", duration(setting)
            case _:
                yield f"{prefix}{name}", str(setting)


def _name(finding: Finding) -> str:
    return finding.measure.replace("_", " ")
