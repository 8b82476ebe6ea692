"""Something done to a host or its links, with its stamps and what shows that it was done."""

from __future__ import annotations

import time

from msgspec import Struct

from harness.worlds.faults.answers import Stamped


class Act(Struct, frozen=True, kw_only=True):
    """Something done: raw CLOCK_MONOTONIC before and after, and evidence for people."""

    before_s: float
    after_s: float
    evidence: tuple[str, ...]


def act_of(stamped: Stamped, line: str) -> Act:
    return Act(before_s=stamped.before_s, after_s=stamped.after_s, evidence=(line,))


def nothing_to_do(why: str) -> Act:
    now_s = time.monotonic()
    return Act(before_s=now_s, after_s=now_s, evidence=(why,))
