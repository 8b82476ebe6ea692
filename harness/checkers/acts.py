"""Reigns and acts of a run, from its entries. Judges nothing.

A reign is what a node served as primary under one epoch. An act is a fault that came into force or a
control that the target accepted; it *strikes the primary* if it should cost it its reign: it kills, stops
or pauses that host, takes its disk, cuts it off from a majority of the witnesses (alone or with what is in
force already), or is a switchover. A slow or lossy link does not strike, nor does a clock.

A fault came somewhere in the interval of its injection. An order counts from the moment in which it was
given: how long it then takes, its answer included, is what is measured.

Where clocks are mapped, what is measured from an act has two stamps, each with the mapping's error: the
act's interval carries both.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, structs

from harness.model.event import Applied, Controlled, Healed, RoleChanged
from harness.model.fault import Fault, describe
from harness.model.journal import Entry
from harness.reach import Hosts, silenced, without_arbiters


class Reign(Struct, frozen=True, kw_only=True):
    """begun_s: the first word of it."""

    epoch: int
    node: str
    begun_s: float


class Act(Struct, frozen=True, kw_only=True):
    """What was done to the cluster, between before_s and after_s. ended: None while it lasts.

    primary and epoch: who reigned when it was done. evidence: that it took effect. answered_s: of an order,
    when the target had agreed.
    """

    act_id: str
    text: str
    fault: Fault | None
    before_s: float
    after_s: float
    ended: Healed | None
    primary: str
    epoch: int
    strikes: bool
    evidence: tuple[str, ...]
    answered_s: float | None = None

    @property
    def middle_s(self) -> float:
        return (self.before_s + self.after_s) / 2


def reigning(reigns: Sequence[Reign], at_s: float) -> Reign | None:
    """The newest epoch that anyone had claimed by then, and who claimed it first."""
    return max((r for r in reigns if r.begun_s <= at_s), key=lambda r: (r.epoch, -r.begun_s), default=None)


def reigns_of(roles: Sequence[RoleChanged]) -> tuple[Reign, ...]:
    first: dict[tuple[int, str], float] = {}
    for said in roles:
        if said.role == "primary":
            first.setdefault((said.epoch, said.host), said.at_s)
    return tuple(Reign(epoch=epoch, node=node, begun_s=at_s) for (epoch, node), at_s in sorted(first.items()))


# What is asked of the target in order to have another primary.
_MOVES = ("switchover", "promote", "force")


def acts_of(
    entries: Sequence[Entry], reigns: Sequence[Reign], hosts: Hosts, *, clock_error_s: float = 0.0
) -> dict[str, Act]:
    """Every act of the run by id, in the order of time, so that what is in force already counts."""
    ends = {e.fault_id: e for e in entries if isinstance(e, Healed)}
    acts: dict[str, Act] = {}
    done = [e for e in entries if isinstance(e, Applied) or (isinstance(e, Controlled) and e.ok)]
    for event in sorted(done, key=lambda event: event.before_s):
        act = _act(event, ends, acts, reigns, hosts)
        acts[act.act_id] = _wider(act, 2 * clock_error_s) if clock_error_s else act
    return acts


def _act(
    event: Applied | Controlled,
    ends: dict[str, Healed],
    earlier: dict[str, Act],
    reigns: Sequence[Reign],
    hosts: Hosts,
) -> Act:
    reign = reigning(reigns, event.before_s)
    primary, epoch = (reign.node, reign.epoch) if reign else ("", 0)
    act_id, fault, text, strikes = "", None, "", True
    after_s, answered_s = event.after_s, None
    match event:
        case Applied():
            act_id, fault, text = event.fault_id, event.fault, describe(event.fault)
            strikes = _strikes(event.fault, primary, in_force(earlier, event.before_s), hosts)
        case Controlled():
            act_id, text = event.control_id, f"{event.action}: {event.detail}".rstrip(": ")
            strikes = event.action in _MOVES
            after_s, answered_s = event.before_s, event.after_s
    return Act(
        act_id=act_id,
        text=text,
        fault=fault,
        before_s=event.before_s,
        after_s=after_s,
        ended=ends.get(act_id),
        primary=primary,
        epoch=epoch,
        strikes=strikes,
        evidence=event.evidence if isinstance(event, Applied) else (),
        answered_s=answered_s,
    )


def _wider(act: Act, error_s: float) -> Act:
    ended = act.ended and structs.replace(
        act.ended, before_s=act.ended.before_s - error_s, after_s=act.ended.after_s + error_s
    )
    return structs.replace(act, before_s=act.before_s - error_s, after_s=act.after_s + error_s, ended=ended)


def in_force(acts: dict[str, Act], at_s: float) -> list[Fault]:
    return [
        act.fault
        for act in acts.values()
        if act.fault and act.before_s <= at_s and (act.ended is None or act.ended.after_s > at_s)
    ]


def _strikes(fault: Fault, primary: str, before: list[Fault], hosts: Hosts) -> bool:
    if not primary or silenced(fault) == primary:
        return bool(primary)
    return without_arbiters(primary, [*before, fault], hosts) and not without_arbiters(primary, before, hosts)
