"""Recorded histories, one line each: linearizable or not; what shows it stands below."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from harness.model.verdict import Judgement
from reports.look import STYLES, Look, count

_SAID: dict[Judgement, str] = {
    "pass": "linearizable",
    "fail": "not linearizable",
    "unknown": "undecided",
}


class Page(Struct, frozen=True, kw_only=True):
    """configurations: how many the search went through."""

    file: str
    judgement: Judgement
    operations: int
    configurations: int
    evidence: tuple[str, ...]


def report(pages: Sequence[Page], look: Look) -> RenderableType:
    """In the order given; of several a line of counts at the end."""
    shown = [part for page in pages for part in _shown(page, look)]
    if len(pages) > 1:
        counts = [(said, sum(page.judgement == word for page in pages)) for word, said in _SAID.items()]
        said = ", ".join(f"{number} {what}" for what, number in counts if number)
        shown += [Text(), Text(f"{count(len(pages), 'history', 'histories')}: {said}")]
    return Group(*shown)


def _shown(page: Page, look: Look) -> list[RenderableType]:
    head = Text(f"{page.judgement.upper():9}", style=STYLES[page.judgement])
    head.append(look.text(page.file), style="bold")
    searched = f"{count(page.operations, 'operation')}, {count(page.configurations, 'configuration')}"
    head.append(look.text(f"  {_SAID[page.judgement]} ({searched})"), style="default")
    return [head, *(Padding(Text(look.text(line)), (0, 0, 0, 9)) for line in page.evidence)]
