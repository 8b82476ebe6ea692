"""A journal sorted for the checkers: reigns of the whole run, and each trial with its acts. Judges nothing.

A reign is what a node served as primary under one epoch. An act is a fault that came into force or a
control that the target accepted; it *strikes the primary* if it should cost it its reign: it kills, stops
or pauses that host, cuts it off from a majority of the witnesses (alone or with what is in force
already), or is a switchover. A slow link does not strike, whatever its delay.

Entries belong to a trial by their place in the journal, operations by the trial they name.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from harness.clusterview import ClusterView
from harness.model.event import (
    Applied,
    Controlled,
    Failed,
    FinalRead,
    Healed,
    MembershipChanged,
    PhaseReached,
    Returned,
    RoleChanged,
    Stalled,
)
from harness.model.fault import Fault, describe
from harness.model.journal import Entry, RunEnded, StepBegan, TrialBegan, TrialEnded, WaitEnded
from harness.model.plan import Plan
from harness.reach import Hosts, silenced, without_arbiters


class Reign(Struct, frozen=True, kw_only=True):
    """begun_s: the first word of it."""

    epoch: int
    node: str
    begun_s: float


class Act(Struct, frozen=True, kw_only=True):
    """What was done to the cluster, between before_s and after_s. ended: None while it lasts.

    primary and epoch: who reigned when it was done.
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

    @property
    def middle_s(self) -> float:
        return (self.before_s + self.after_s) / 2


class Trial(Struct, frozen=True, kw_only=True):
    """One trial of the journal. `whole`: its end is in the journal. view: as the trial began."""

    number: int
    began_s: float
    ended_s: float
    whole: bool
    completed: bool
    reason: str
    acts: tuple[Act, ...]
    failed: tuple[Failed, ...]
    controls: tuple[Controlled, ...]
    begun: tuple[StepBegan, ...]
    waits: tuple[WaitEnded, ...]
    phases: tuple[PhaseReached, ...]
    cluster: tuple[RoleChanged | MembershipChanged | Applied | Healed, ...]
    view: ClusterView
    final: FinalRead | None
    writes: list[Returned]
    reads: list[Returned]

    @property
    def main(self) -> Act | None:
        """What the trial's times count from: the first act that strikes the primary, else the first."""
        return next((act for act in self.acts if act.strikes), self.acts[0] if self.acts else None)


class History(Struct, frozen=True, kw_only=True):
    hosts: Hosts
    trials: tuple[Trial, ...]
    reigns: tuple[Reign, ...]  # by epoch
    roles: tuple[RoleChanged, ...]  # by time
    stalls: tuple[Stalled, ...]
    end: RunEnded | None


def history(plan: Plan, entries: Sequence[Entry]) -> History:
    hosts = Hosts.of(plan.hosts)
    roles = sorted((e for e in entries if isinstance(e, RoleChanged)), key=lambda said: said.at_s)
    reigns = _reigns(roles)
    acts = _acts(entries, reigns, hosts)
    return History(
        hosts=hosts,
        trials=tuple(_trials(entries, acts)),
        reigns=reigns,
        roles=tuple(roles),
        stalls=tuple(e for e in entries if isinstance(e, Stalled)),
        end=next((e for e in reversed(entries) if isinstance(e, RunEnded)), None),
    )


def reigning(reigns: Sequence[Reign], at_s: float) -> Reign | None:
    """The newest epoch that anyone had claimed by then."""
    return max((r for r in reigns if r.begun_s <= at_s), key=lambda r: r.epoch, default=None)


def _reigns(roles: Sequence[RoleChanged]) -> tuple[Reign, ...]:
    first: dict[tuple[int, str], float] = {}
    for said in roles:
        if said.role == "primary":
            first.setdefault((said.epoch, said.host), said.at_s)
    return tuple(Reign(epoch=epoch, node=node, begun_s=at_s) for (epoch, node), at_s in sorted(first.items()))


def _acts(entries: Sequence[Entry], reigns: Sequence[Reign], hosts: Hosts) -> dict[str, Act]:
    """Every act of the run by id, in the order of time, so that what is in force already counts."""
    ends = {e.fault_id: e for e in entries if isinstance(e, Healed)}
    acts: dict[str, Act] = {}
    done = [e for e in entries if isinstance(e, Applied) or (isinstance(e, Controlled) and e.ok)]
    for event in sorted(done, key=lambda event: event.before_s):
        act = _act(event, ends, acts, reigns, hosts)
        acts[act.act_id] = act
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
    fault = event.fault if isinstance(event, Applied) else None
    act_id = event.fault_id if isinstance(event, Applied) else event.control_id
    return Act(
        act_id=act_id,
        text=describe(fault)
        if fault
        else f"switchover: {event.detail}"
        if isinstance(event, Controlled)
        else "",
        fault=fault,
        before_s=event.before_s,
        after_s=event.after_s,
        ended=ends.get(act_id),
        primary=primary,
        epoch=epoch,
        strikes=fault is None or _strikes(fault, primary, in_force(earlier, event.before_s), hosts),
    )


def in_force(acts: dict[str, Act], at_s: float) -> list[Fault]:
    return [
        act.fault
        for act in acts.values()
        if act.fault and act.before_s <= at_s and (act.ended is None or act.ended.after_s > at_s)
    ]


def _strikes(fault: Fault, primary: str, before: list[Fault], hosts: Hosts) -> bool:
    if silenced(fault) == primary:
        return bool(primary)
    return without_arbiters(primary, [*before, fault], hosts) and not without_arbiters(primary, before, hosts)


class _Draft:
    """A trial while its entries are gathered."""

    def __init__(self, began: TrialBegan, view: ClusterView) -> None:
        self.began, self.view = began, view
        self.ended: TrialEnded | None = None
        self.entries: list[Entry] = []
        self.writes: list[Returned] = []
        self.reads: list[Returned] = []
        self.last_s = began.at_s

    def trial(self, acts: dict[str, Act]) -> Trial:
        ids = [e.fault_id for e in self.entries if isinstance(e, Applied)]
        ids += [e.control_id for e in self.entries if isinstance(e, Controlled) and e.ok]
        mine = sorted((acts[i] for i in dict.fromkeys(ids)), key=lambda act: act.before_s)
        finals = [e for e in self.entries if isinstance(e, FinalRead)]
        cluster = [
            e for e in self.entries if isinstance(e, RoleChanged | MembershipChanged | Applied | Healed)
        ]
        return Trial(
            number=self.began.trial,
            began_s=self.began.at_s,
            ended_s=self.ended.at_s if self.ended else self.last_s,
            whole=self.ended is not None,
            completed=self.ended is not None and self.ended.completed,
            reason=self.ended.reason if self.ended else "the journal ends before this trial does",
            acts=tuple(mine),
            failed=tuple(e for e in self.entries if isinstance(e, Failed)),
            controls=tuple(e for e in self.entries if isinstance(e, Controlled)),
            begun=tuple(e for e in self.entries if isinstance(e, StepBegan)),
            waits=tuple(e for e in self.entries if isinstance(e, WaitEnded)),
            phases=tuple(e for e in self.entries if isinstance(e, PhaseReached)),
            cluster=tuple(sorted(cluster, key=_cluster_stamp)),
            view=self.view,
            final=finals[-1] if finals else None,
            writes=self.writes,
            reads=self.reads,
        )


def _cluster_stamp(event: RoleChanged | MembershipChanged | Applied | Healed) -> float:
    return event.before_s if isinstance(event, Applied | Healed) else event.at_s


def _trials(entries: Sequence[Entry], acts: dict[str, Act]) -> list[Trial]:
    drafts: dict[int, _Draft] = {}
    current: _Draft | None = None
    view = ClusterView()
    for entry in entries:
        if isinstance(entry, Returned):
            draft = drafts.get(entry.trial)
            if draft is None:  # its beginning was lost: what its operations prove is proven all the same
                began = TrialBegan(trial=entry.trial, at_s=entry.call_s, primary="")
                current = draft = drafts[entry.trial] = _Draft(began, view)
            (draft.writes if entry.kind == "write" else draft.reads).append(entry)
            continue
        if isinstance(entry, RoleChanged | MembershipChanged | Applied | Healed):
            view = view.seen(entry)
        if isinstance(entry, TrialBegan):
            current = drafts[entry.trial] = _Draft(entry, view)
        elif current is not None:
            current.entries.append(entry)
            current.last_s = max(current.last_s, _stamp(entry))
            if isinstance(entry, TrialEnded):
                current.ended, current = entry, None
    return [draft.trial(acts) for draft in drafts.values()]


def _stamp(entry: Entry) -> float:
    match entry:
        case Applied() | Healed() | Controlled():
            return entry.after_s
        case Stalled():
            return entry.to_s
        case Returned():
            return entry.call_s
        case _:
            return entry.at_s
