"""The table of defects × drills: what was broken on purpose, and what found it. Pure: no clock, no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from rich.console import Console, ConsoleOptions, RenderableType
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from harness.model.proof import SOUND, Cell, Outcome, Table
from harness.model.verdict import Finding
from reports.look import STYLES, Look, count, time

_STYLES: Mapping[Outcome, str] = {
    "found": STYLES["pass"],
    "not found": STYLES["fail"],
    "unknown": STYLES["unknown"],
    "not applicable": "dim",
}
_SOUND_WORDS: Mapping[Outcome, str] = {
    "found": "FAILS",
    "not found": "passes",
    "unknown": "unknown",
    "not applicable": "not applicable",
}
_SOUND_STYLES: Mapping[Outcome, str] = {**_STYLES, "found": STYLES["fail"], "not found": STYLES["pass"]}
# What clients notice says more than what only a model of the truth does.
_LAST = ("invariants", "journal", "waits", "faults_bit", "noise")


class Output(Struct, frozen=True, kw_only=True):
    """The JSON form. table: null where nothing was tried; error says why."""

    exit_code: int
    table: Table | None = None
    error: str = ""


class Proofs:
    """The whole table as a rich renderable that fits the width it is given."""

    def __init__(self, table: Table, look: Look) -> None:
        self._table, self._look = table, look

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        table, look = self._table, self._look
        style = STYLES[table.judgement]
        yield Rule(style=style, characters="=" if look.ascii else "━")
        head = Text()
        head.append(f"{table.judgement.upper()}  ", style=style)
        head.append(look.text(summary(table)))
        yield head
        yield Rule(style=style, characters="=" if look.ascii else "━")
        yield _grid("defect", ((defect, cell) for defect in table.defects for cell in table.of(defect)), look)
        yield _grid("", ((SOUND, cell) for cell in table.of(SOUND)), look)


def summary(table: Table) -> str:
    """The table in one or two sentences."""
    rows = [table.row(defect) for defect in table.defects]
    tried = [row for row in rows if row != "not applicable"]
    parts = [f"{rows.count('found')} of {count(len(tried), 'defect')} found in the {table.world} world"]
    if left := len(rows) - len(tried):
        parts.append(f"{left} cannot show there")
    sound = table.of(SOUND)
    passed = sum(cell.outcome == "not found" for cell in sound)
    parts.append(f"the sound controller passes {passed} of {count(len(sound), 'drill')}")
    return f"{'; '.join(parts)}. It took {time(table.seconds)}."


def listed(defects: Mapping[str, str], look: Look) -> str:
    """A defect a line, however wide."""
    widest = max(map(len, defects), default=0)
    return "".join(look.text(f"{name:{widest}}  {what}\n") for name, what in defects.items())


def line(cell: Cell) -> str:
    """One cell for a log."""
    word = _SOUND_WORDS[cell.outcome] if cell.defect == SOUND else cell.outcome
    text = _finding_text(cell)
    return f"{cell.defect or 'the sound controller'} in {cell.drill}: {word}" + (f": {text}" if text else "")


def _grid(title: str, rows: Iterator[tuple[str, Cell]], look: Look) -> RenderableType:
    grid = Grid(box=look.box, pad_edge=False)
    grid.add_column(title or "the sound controller", style="bold", no_wrap=True)
    grid.add_column("drill", no_wrap=True)
    grid.add_column("outcome", no_wrap=True)
    grid.add_column("trials", justify="right")
    grid.add_column("finding", overflow="fold")
    before = None
    for defect, cell in rows:
        words, styles = (_SOUND_WORDS, _SOUND_STYLES) if defect == SOUND else ({}, _STYLES)
        outcome = Text(words.get(cell.outcome, cell.outcome), style=styles[cell.outcome])
        name = "" if defect == before else defect
        trials = f"{cell.trials}" if cell.trials else ""
        grid.add_row(name, cell.drill, outcome, trials, look.text(_finding_text(cell)))
        before = defect
    return grid


def _finding_text(cell: Cell) -> str:
    """The check that says most, with its figure, and how many others agree."""
    if cell.reason:
        return cell.reason
    ordered = sorted(cell.findings, key=lambda finding: finding.measure in _LAST)
    if not ordered:
        return ""
    more = f" (+{len(ordered) - 1})" if len(ordered) > 1 else ""
    return _measured(ordered[0]) + more


def _measured(finding: Finding) -> str:
    return f"{finding.measure.replace('_', ' ')} {finding.measured or 'not measured'}, bound {finding.bound}"
