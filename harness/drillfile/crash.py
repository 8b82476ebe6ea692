"""The verb crash: a process ends at a point of its own machine's work, not at a time."""

from __future__ import annotations

from harness.drillfile.fields import AT, BACK_AFTER
from harness.drillfile.moments import AFTER, BEFORE, ON, ON_WITHIN, WITHIN_S
from harness.drillfile.verb import Verb, trigger
from harness.drillfile.words import WORD, Field, Words
from harness.model.drill import CrashStep, Step

_CRASHED: Field[str] = Field(
    name="crash",
    kind=WORD,
    help="whom: a role or a host; of several the first that comes to the point",
    example="witnesses",
    required=True,
)


def _crash(words: Words) -> Step:
    before, after = words[BEFORE], words[AFTER]
    if before and after:
        raise words.wrong(AFTER, "it dies once, either before or after an act; keep one")
    point = before or after
    if point is None:
        raise words.block.spot.wrong("a crash needs its point; write before: {sends: Seal}, or after:")
    act, what, nth = point
    return CrashStep(
        victim=words[_CRASHED],
        side="before" if before else "after",
        act=act,
        what=what,
        nth=nth,
        at=words[AT],
        within_s=words[ON_WITHIN] or WITHIN_S,
        until_s=words[BACK_AFTER],
        on=trigger(words, alone=True),
    )


CRASH = Verb(
    head=_CRASHED,
    fields=(BEFORE, AFTER, AT, ON, ON_WITHIN, BACK_AFTER),
    build=_crash,
    summary="end a process at an exact point of what it does",
    does="As by SIGKILL, right before or after one act of its machine: between asking and being answered, "
    "or between a write and its sync. It lies in wait from `at` on; one whose point is not reached in time "
    "makes the trial unknown.",
    example="- crash: witnesses\n  before: {sends: Seal}\n  until: 3s",
)
