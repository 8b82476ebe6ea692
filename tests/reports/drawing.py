"""Draws what a report returns, as a terminal of a given width would show it."""

from __future__ import annotations

from io import StringIO

from rich.console import Console, Group, RenderableType


def drawn(renderable: RenderableType, *, width: int = 100, colour: bool = False) -> str:
    console = Console(
        file=StringIO(),
        width=width,
        force_terminal=colour,
        color_system="256" if colour else None,
        _environ={},
    )
    with console.capture() as captured:
        console.print(Group(renderable))  # as it is inside a report: print alone would wrap a Text
    return captured.get()


def squeezed(text: str) -> str:
    """Without line breaks and runs of blanks: what a reader reads, however it is wrapped."""
    return " ".join(text.split())
