"""Tables that are not about a run: what a plan would do, what is set up, what can be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.model.drill import Expectation, Measure
from harness.model.plan import Bound, HostPlan, Plan, Promises
from harness.model.units import duration
from harness.model.wording import drawn_at, words
from reports.look import NOTHING, STYLES, Look, count, number
from reports.terminal import settings_text

_COUNTS = {"lost_writes", "stale_reads", "false_failovers", "failovers", "phantom_writes"}


class Check(Protocol):
    """One thing that a doctor looked at."""

    @property
    def name(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def detail(self) -> str: ...
    @property
    def remedy(self) -> str: ...
    @property
    def needed(self) -> bool: ...


def doctor(checks: Sequence[Check], look: Look, *, as_processes: bool) -> RenderableType:
    """What is there and what is missing, each missing thing with its remedy.

    as_processes: drills can run so, whatever containers lack.
    """
    table = table_of(look, ("", "looked at", "found"))
    for check in checks:
        word, style = _checked(check)
        table.add_row(Text(word, style=style), check.name, look.text(check.detail))
    missing = any(check.needed and not check.ok for check in checks)
    text = "Drills can run."
    if missing:
        text = "Drills can run as processes, not in containers." if as_processes else "Drills cannot run yet."
    remedies: dict[str, list[str]] = {}
    for check in checks:
        if not check.ok:
            remedies.setdefault(check.remedy, []).append(check.name)
    to_do = [Text(look.text(f"  {', '.join(names)}: {remedy}")) for remedy, names in remedies.items()]
    style = STYLES["pass" if not missing else "unknown" if as_processes else "fail"]
    return Group(table, Text(), Text(text, style=style), *to_do)


def _checked(check: Check) -> tuple[str, str]:
    if check.ok:
        return "ok", STYLES["pass"]
    return ("MISSING", STYLES["fail"]) if check.needed else ("note", STYLES["unknown"])


def pairs(rows: Iterable[tuple[str, str]], look: Look) -> RenderableType:
    """Names and what is said about each."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in rows:
        grid.add_row(look.text(name), Text(look.text(text)))
    return grid


def sections(parts: Sequence[tuple[str, Iterable[tuple[str, str]]]], look: Look) -> RenderableType:
    """Named pairs below headings; a part without rows is left out."""
    shown: list[RenderableType] = []
    for title, rows in parts:
        if listed := list(rows):
            shown += [Text(look.text(title), style="bold underline"), pairs(listed, look), Text()]
    return Group(*shown[:-1])


def table_of(look: Look, columns: Sequence[str]) -> Table:
    table = Table(box=look.box, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(look.text(column), overflow="fold")
    return table


def plan(planned: Plan, path: str, look: Look) -> RenderableType:
    """What a run of this plan would do."""
    head = Text(planned.drill, style="bold")
    trials = count(len(planned.trials), "trial")
    head.append(
        look.text(f"  {trials} on {planned.target} ({planned.world}), seed {planned.seed}"), style="not bold"
    )
    defect = [("defect", f"{planned.defect}: the target is broken on purpose")] if planned.defect else []
    about = [
        ("file", path),
        *defect,
        ("settings", settings_text(planned.settings)),
        ("hosts", "  ".join(f"{role}: {names}" for role, names in hosts(planned.hosts).items())),
        ("load", _load(planned)),
        ("promised", _promised(planned)),
    ]
    return Group(
        head,
        Text(look.text(" ".join(planned.story.split())), style="dim"),
        Text(),
        pairs(about, look),
        Text(),
        Text("Bounds", style="bold"),
        pairs(_bounds(planned), look),
        Text(),
        _trials(planned, look),
    )


def hosts(planned: Sequence[HostPlan]) -> Mapping[str, str]:
    """Host names by role, as text."""
    roles: dict[str, list[str]] = {}
    for host in planned:
        roles.setdefault(host.role, []).append(host.name)
    return {role: " ".join(names) for role, names in roles.items()}


def _load(planned: Plan) -> str:
    load = planned.load
    clients = ", ".join(
        f"{c.host} via {c.via} ({count(c.writers, 'writer')}, {count(c.readers, 'reader')})"
        for c in planned.clients
    )
    return (
        f"{clients}; each writer {load.rate_per_s:g}/s, each reader {load.read_rate_per_s:g}/s, "
        f"given up after {duration(load.timeout_s)}"
    )


def _promised(planned: Plan) -> str:
    promises = planned.promises
    lost = NOTHING if promises.lost_writes_max is None else number(promises.lost_writes_max)
    reads = "linearizable" if promises.reads_are_linearizable else "may be stale"
    return "; ".join(
        (
            f"detection {_limit(promises.detection)}",
            *([f"outage {_limit(promises.outage)}"] if promises.outage else []),
            f"RPO {_limit(promises.rpo)}",
            f"lost writes {'no promise' if lost == NOTHING else lost}",
            f"reads {reads}",
        )
    )


def _limit(bound: Bound | None) -> str:
    return "no promise" if bound is None else f"≤ {duration(bound.limit_s)} ({bound.formula})"


def _bounds(planned: Plan) -> list[tuple[str, str]]:
    """A number that is asked for from above and from below is one line."""
    rows: list[tuple[str, str]] = []
    least = {(e.measure, e.limit) for e in planned.expect if e.at_least}
    most = {(e.measure, e.limit) for e in planned.expect if not e.at_least}
    for expected in planned.expect:
        asked = (expected.measure, expected.limit)
        if asked not in least & most:
            rows.append((f"  {_measure(expected)}", _bound(expected, planned)))
        elif not expected.at_least:
            rows.append((f"  {_measure(expected)}", f"exactly {number(int(expected.limit or 0))}"))
    return rows


def _measure(expected: Expectation) -> str:
    return expected.measure.replace("_", " ")


def _bound(expected: Expectation, planned: Plan) -> str:
    if expected.seen:
        return "to be seen"
    quantile = "" if expected.quantile >= 1 else f"p{expected.quantile * 100:g} "
    if expected.limit is None:
        bound = _promise(expected.measure, planned.promises)
        return f"{quantile}{_limit(bound)}, the target's own promise" if bound else "the target's own promise"
    if expected.measure == "split_brain" and expected.limit == 0:
        return "never"
    sign = "≥" if expected.at_least else "≤"
    limit = number(int(expected.limit)) if expected.measure in _COUNTS else duration(expected.limit)
    return f"{quantile}{sign} {limit}"


def _promise(measure: Measure, promises: Promises) -> Bound | None:
    """Of a time; what it promises of the others is a number alone."""
    match measure:
        case "detection_time":
            return promises.detection
        case "outage":
            return promises.outage
        case "rpo":
            return promises.rpo
        case _:
            return None


def _trials(planned: Plan, look: Look) -> RenderableType:
    """The steps once, then what the seed drew for each trial."""
    first = planned.trials[0].steps if planned.trials else ()
    steps = Table.grid(padding=(0, 2))
    for timed in first:
        steps.add_row("", Text(look.text(words(timed.step))))
    drawn = [index for index, timed in enumerate(first) if drawn_at(timed)]
    table = table_of(look, ("trial", *(words(first[index].step, short=True) for index in drawn)))
    for trial in planned.trials:
        cells = (f"at {duration(round(trial.steps[index].at_s, 3))}" for index in drawn)
        table.add_row(str(trial.number), *cells)
    shown: list[RenderableType] = [Text("Steps of each trial", style="bold"), steps]
    if drawn:
        shown += [Text(), table]
    return Group(*shown)


def summary(rows: Sequence[tuple[str, str, str]], look: Look) -> RenderableType:
    """Several drills, one line each: judgement (or `broken`), drill, what to know."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(overflow="fold")
    for judgement, drill, text in rows:
        style = STYLES.get(judgement, STYLES["fail"])
        grid.add_row(Text(judgement.upper(), style=style), drill, Text(look.text(text)))
    return Group(Text(), grid)
