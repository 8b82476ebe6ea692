"""What a search came to: counts, violations, what was reached and what never was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from rich.console import Group, RenderableType
from rich.text import Text

from reports.look import STYLES, Look, count, number
from reports.plain import sections

_LISTED_MAX = 20


class Page(Struct, frozen=True, kw_only=True):
    """violations: (number of the schedule, what broke, how). hits, edges: what was reached, how often."""

    title: str
    schedules: int
    played: int
    sound: int
    uncounted: Mapping[str, int]
    violations: Sequence[tuple[int, str, str]]
    virtual_s: float
    took_s: float
    hits: Mapping[str, int]
    edges: Mapping[str, int]
    folder: str


def report(page: Page, found: Sequence[tuple[str, str]], look: Look) -> RenderableType:
    """found: what broke, and the command that shows it."""
    word = "fail" if page.violations else "pass" if 2 * page.sound > page.schedules else "unknown"
    head = Text(f"{word.upper()}  ", style=STYLES[word])
    head.append(look.text(page.title), style="bold")
    return Group(
        head,
        Text(look.text(_counts(page))),
        Text(),
        sections(
            [
                ("violations", _violations(page)),
                ("to see them again", found),
                ("counted apart", [(why, number(times)) for why, times in page.uncounted.items()]),
                ("faults that hit", [(hit, number(times)) for hit, times in page.hits.items()]),
                ("edges of the state tables", _edges(page)),
                ("folder", [("", page.folder)]),
            ],
            look,
        ),
    )


def _counts(page: Page) -> str:
    speed = f", {page.virtual_s / page.took_s:.0f} virtual seconds a second" if page.took_s > 1 else ""
    return (
        f"{number(page.played)} of {count(page.schedules, 'schedule')} played: {number(page.sound)} sound, "
        f"{number(len(page.violations))} violating, {number(sum(page.uncounted.values()))} counted apart; "
        f"{number(round(page.virtual_s))} virtual seconds{speed}"
    )


def _violations(page: Page) -> list[tuple[str, str]]:
    rows = [(f"schedule {n}", f"{name}: {detail}") for n, name, detail in page.violations[:_LISTED_MAX]]
    more = len(page.violations) - _LISTED_MAX
    return [*rows, ("…", f"and {more} more")] if more > 0 else rows


def _edges(page: Page) -> list[tuple[str, str]]:
    """Those that no schedule took are named."""
    if not page.edges:
        return []
    never = [edge for edge, times in page.edges.items() if not times]
    return [("taken", f"{len(page.edges) - len(never)} of {len(page.edges)}"), *(("never", e) for e in never)]
