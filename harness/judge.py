"""Plan and journal -> verdict. Signature only; the body follows in the next commit."""

from __future__ import annotations

from harness.journalfile import Journal
from harness.model.plan import Plan
from harness.model.verdict import Verdict


def judge(plan: Plan, journal: Journal) -> Verdict:
    raise NotImplementedError
