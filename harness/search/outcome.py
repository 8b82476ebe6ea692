"""What a played schedule proves: it is sound, it violates something, or it does not count. Pure.

A violation is an invariant that the truth saw broken, a failed finding of the checkers, or a cluster that is
stuck: with every fault over it did not become writable and whole again. A schedule counts when a fault bit, a
hundred writes were acknowledged, and the end recovered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeGuard

from msgspec import Struct

from harness.journalfile import Journal
from harness.judge import judge
from harness.model.event import AlertRaised, Applied, Controlled, Healed, Returned, Violated
from harness.model.journal import Entry, RunEnded
from harness.model.plan import Plan
from harness.model.verdict import Finding
from harness.search.expecting import RECOVERS_WITHIN_S
from harness.search.orders import ENDS

WRITES_MIN = 100
STUCK = "stuck"
# Findings on the drill itself, not on the target.
_OF_THE_DRILL = ("faults_bit", "journal", "noise", "waits")

Kind = Literal["sound", "violation", "uncounted"]


class Broken(Struct, frozen=True):
    """invariant: of the truth's, `stuck`, or a measure of the checkers. at_s: None where it has no moment."""

    name: str
    at_s: float | None
    detail: str

    @property
    def is_of_a_client(self) -> bool:
        """A client's history proves it, not only who sees all machines."""
        return self.at_s is None and self.name != STUCK


class Outcome(Struct, frozen=True, kw_only=True):
    """why: it does not count; empty for the others. broken: the first by its time comes first."""

    kind: Kind
    broken: tuple[Broken, ...] = ()
    why: str = ""
    faults: int = 0
    acknowledged: int = 0
    virtual_s: float = 0.0

    @property
    def name(self) -> str:
        """What was broken first; empty when nothing was."""
        return self.broken[0].name if self.broken else ""

    @property
    def is_noticed(self) -> bool:
        """By a client."""
        return any(broken.is_of_a_client for broken in self.broken)


def outcome(plan: Plan, entries: Sequence[Entry], *, nobody_can: bool) -> Outcome:
    """nobody_can: no node may reign any more without a person, as the target knows."""
    broken = [Broken(e.invariant, e.at_s, e.detail) for e in entries if isinstance(e, Violated)]
    verdict = judge(plan, Journal(tuple(entries)))
    broken += [_of(finding) for finding in verdict.findings if _fails(finding)]
    stuck = _stuck(entries)
    called = nobody_can and any(isinstance(entry, AlertRaised) for entry in entries)
    if stuck and not called:
        broken.append(Broken(STUCK, entries[-1].at_s if isinstance(entries[-1], RunEnded) else None, stuck))
    faults = sum(isinstance(entry, Applied) or _controlled(entry) for entry in entries)
    writes = sum(isinstance(e, Returned) and e.kind == "write" and e.outcome == "ok" for e in entries)
    end = entries[-1]
    why = "" if broken else _uncounted(faults, writes, stuck)
    return Outcome(
        kind="violation" if broken else "uncounted" if why else "sound",
        broken=tuple(broken),
        why=why,
        faults=faults,
        acknowledged=writes,
        virtual_s=end.at_s if isinstance(end, RunEnded) else 0.0,
    )


def _fails(finding: Finding) -> bool:
    """What the truth saw stands for itself already."""
    return finding.judgement == "fail" and finding.measure not in (*_OF_THE_DRILL, "invariants")


def _of(finding: Finding) -> Broken:
    return Broken(finding.measure, None, "; ".join(finding.evidence[:2]) or finding.measured)


def _controlled(entry: Entry) -> bool:
    return isinstance(entry, Controlled) and entry.ok


def _uncounted(faults: int, writes: int, stuck: str) -> str:
    if not faults:
        return "no fault bit"
    if stuck:
        return "nobody may reign without a person, who was called"
    return f"fewer than {WRITES_MIN} writes were acknowledged" if writes < WRITES_MIN else ""


def _stuck(entries: Sequence[Entry]) -> str:
    """Why the end did not recover; empty when it did."""
    end = entries[-1] if entries else None
    if not isinstance(end, RunEnded):
        return "the run did not end"
    if end.reason != "done":
        return f"{end.reason}: {end.detail}"
    over_s = max((e.after_s for e in entries if isinstance(e, Healed) or _takes_back(e)), default=None)
    if over_s is None:
        return ""
    after = [e.ret_s for e in entries if isinstance(e, Returned) and _good(e) and (e.ret_s or 0.0) > over_s]
    first_s = min((at_s for at_s in after if at_s is not None), default=None)
    if first_s is None or first_s - over_s > RECOVERS_WITHIN_S:
        return f"no write was acknowledged within {RECOVERS_WITHIN_S:g} s of the end of the last fault"
    return ""


def _takes_back(entry: Entry) -> TypeGuard[Controlled]:
    """In maintenance, say, nobody takes over from whom a fault has struck: an operator's order ends that."""
    return isinstance(entry, Controlled) and entry.ok and entry.action in ENDS.values()


def _good(op: Returned) -> bool:
    return op.kind == "write" and op.outcome == "ok"
