"""Are the registers that clients wrote and read linearizable? Asked where the target promises it.

Written values are unique, so each key is judged exactly (see linear.register): by its zones, and by reads of
what cannot have been there. Beyond stale reads it finds values that come back, and writes whose order no
reader could have seen. Keys live through the whole run, so all trials count. A violation stands though other
operations were never told: without them the rest would be linearizable all the same. A pass does not.
Reads of a value whose writer never told all prove nothing.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from harness.checkers.figures import at, few
from harness.checkers.linear import register
from harness.checkers.linear.clusters import Clusters
from harness.checkers.linear.operation import Linearity, Timed, violation
from harness.model.event import Returned
from harness.model.verdict import Finding, Judgement

Keys = Mapping[str, Clusters[Returned]]


def check(keys: Keys, *, written: Container[str], all_told: bool, gaps: bool) -> list[Finding]:
    """One finding, or none where no read was answered. written: every value that was told to be.

    all_told: every client has told its last operation in every trial. gaps: of the journal.
    """
    if not any(key.read or key.aborted or key.twice for key in keys.values()):
        return []
    judged = {name: _judged(key, written, all_told and not gaps) for name, key in keys.items()}
    bad = {name: found for name, found in judged.items() if found.judgement == "fail"}
    open_ = [f"key {name}: {found.why}" for name, found in judged.items() if found.judgement == "unknown"]
    open_ += ["entries of the journal are lost"] if gaps else []
    shown = [line for name, found in [*bad.items()][:2] for line in _lines(name, found)]
    judgement: Judgement = "fail" if bad else "unknown" if open_ else "pass"
    return [
        Finding(
            measure="linearizability",
            judgement=judgement,
            measured=f"{len(bad)} of {len(keys)} keys violated" if bad else f"{len(keys)} keys",
            bound="every key, as promised",
            trial=_trial(bad),
            evidence=(*shown, *few(open_)),
        )
    ]


def _judged(key: Clusters[Returned], written: Container[str], all_told: bool) -> Linearity:
    ordered = register.check_order(key)
    if ordered.judgement == "fail":
        return ordered
    for read in key.aborted:
        if all_told or read.value in written:
            return violation(f"{read.value} was read, though it cannot have been there by then", read)
    return ordered


def _trial(bad: Mapping[str, Linearity]) -> int:
    """In which the first violated key was used."""
    shown = (op for found in bad.values() for op in found.operations if isinstance(op, Returned))
    return min((op.trial for op in shown), default=0)


def _lines(name: str, found: Linearity) -> list[str]:
    return [f"key {name}: {found.why}", *few([_told(op) for op in found.operations])]


def _told(op: Timed) -> str:
    if not isinstance(op, Returned):
        return f"{op.kind} {op.value}"
    what, where = f"{op.kind} of {op.value or 'nothing'}", op.node or "a node"
    end = "without an answer" if op.ret_s is None else f"to {at(op.ret_s)}"
    return f"{op.client}: {what} at {where}, {at(op.call_s)} {end}"
