"""What a proof found in one case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct


class Found(Struct, frozen=True):
    """came_to: a word to count cases by, like `refused`. wrong: a line for each thing that is."""

    came_to: str = ""
    wrong: tuple[str, ...] = ()


Check = Callable[[int], Found]


def plainly(check: Callable[[int], Sequence[str]]) -> Check:
    """Of a check that tells only what is wrong."""
    return lambda number: Found(wrong=tuple(check(number)))
