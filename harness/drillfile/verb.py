"""What a verb of a drill file is made of, and what all that have times share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct, structs

from harness.drillfile.fields import AT, UNTIL
from harness.drillfile.moments import ON, ON_WITHIN
from harness.drillfile.words import Field, Words
from harness.model.drill import Step, Trigger
from harness.model.units import duration


class Verb(Struct, frozen=True, kw_only=True):
    """head: the verb itself, with what stands behind it. does: what it means for the cluster."""

    head: Field[Any]
    fields: tuple[Field[Any], ...]
    build: Callable[[Words], Step]
    summary: str
    does: str
    example: str

    @property
    def name(self) -> str:
        return self.head.name

    @property
    def all_fields(self) -> tuple[Field[Any], ...]:
        return (self.head, *self.fields)


def trigger(words: Words, *, alone: bool = False) -> Trigger | None:
    """alone: within means something without on as well."""
    on, within_s = words[ON], words[ON_WITHIN]
    if not within_s or (on is None and alone):
        return on
    if on is None:
        raise words.wrong(ON_WITHIN, "a time is no moment that could fail to come; within goes with on")
    return structs.replace(on, within_s=within_s)


def until_s(words: Words) -> float:
    """A fault lasts: wherever in its window it begins, it ends later."""
    at, ends_s = words[AT], words[UNTIL]
    if ends_s <= at.high_s:
        began = duration(at.high_s)
        raise words.wrong(
            UNTIL, f"{duration(ends_s)} is not after {began}, when it may only begin; write more"
        )
    return ends_s
