"""A journal sorted for the checkers: reigns of the whole run, and each trial with its acts. Judges nothing.

Entries belong to a trial by their place in the journal, operations by the trial they name. A final read
proves something only if it was made as it must be: no fault in force, at the primary of the newest epoch.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from harness.checkers.acts import Act, Reign, acts_of, reigns_of
from harness.checkers.attribution import attributed, with_second_reigns
from harness.clusterview import ClusterView
from harness.model.event import (
    Applied,
    Controlled,
    Executed,
    Failed,
    FinalRead,
    Healed,
    LoadStopped,
    MembershipChanged,
    PhaseReached,
    Returned,
    RoleChanged,
    Stalled,
)
from harness.model.journal import Entry, RunEnded, StepBegan, TrialBegan, TrialEnded, WaitEnded
from harness.model.plan import Plan
from harness.reach import Hosts


class Trial(Struct, frozen=True, kw_only=True):
    """One trial of the journal. `whole`: its end is in the journal. view: as the trial began.

    until_s: when the next trial began. all_told: every client has told its last operation. final_flaw: why
    the final read proves nothing; empty when it does. before_final: so many writes had been told by then.
    """

    number: int
    began_s: float
    ended_s: float
    until_s: float
    whole: bool
    completed: bool
    reason: str
    acts: tuple[Act, ...]
    failed: tuple[Failed, ...]
    controls: tuple[Controlled, ...]
    executed: tuple[Executed, ...]
    begun: tuple[StepBegan, ...]
    waits: tuple[WaitEnded, ...]
    phases: tuple[PhaseReached, ...]
    cluster: tuple[RoleChanged | MembershipChanged | Applied | Healed, ...]
    view: ClusterView
    all_told: bool
    final: FinalRead | None
    final_flaw: str
    before_final: int
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
    told: tuple[Entry, ...]  # all entries but the operations


def history(plan: Plan, entries: Sequence[Entry]) -> History:
    hosts = Hosts.of(plan.hosts)
    known = plan.promises.clients_know_epochs
    entries = with_second_reigns(entries) if known else attributed(entries)
    told = tuple(entry for entry in entries if type(entry) is not Returned)
    roles = sorted((e for e in told if isinstance(e, RoleChanged)), key=lambda said: said.at_s)
    reigns = reigns_of(roles)
    clients = frozenset(client.host for client in plan.clients)
    acts = acts_of(told, reigns, hosts, clock_error_s=plan.clock_error_s)
    run = _Run(acts=acts, reigns=reigns, clients=clients)
    return History(
        hosts=hosts,
        trials=tuple(_trials(entries, run)),
        reigns=reigns,
        roles=tuple(roles),
        stalls=tuple(e for e in told if isinstance(e, Stalled)),
        end=next((e for e in reversed(told) if isinstance(e, RunEnded)), None),
        told=told,
    )


class _Run(Struct, frozen=True, kw_only=True):
    """What a trial is put together from."""

    acts: dict[str, Act]
    reigns: Sequence[Reign]
    clients: frozenset[str]


class _Draft:
    """A trial while its entries are gathered."""

    def __init__(self, began: TrialBegan, view: ClusterView) -> None:
        self.began, self.view = began, view
        self.ended: TrialEnded | None = None
        self.final: FinalRead | None = None
        self.final_view, self.before_final = view, 0
        self.entries: list[Entry] = []
        self.writes: list[Returned] = []
        self.reads: list[Returned] = []
        self.last_s = began.at_s

    def keep(self, entry: Entry, view: ClusterView) -> None:
        self.entries.append(entry)
        self.last_s = max(self.last_s, _stamp(entry))
        if isinstance(entry, FinalRead):
            self.final, self.final_view, self.before_final = entry, view, len(self.writes)
        elif isinstance(entry, TrialEnded):
            self.ended = entry

    def trial(self, run: _Run, until_s: float) -> Trial:
        ids = [e.fault_id for e in self.entries if isinstance(e, Applied)]
        ids += [e.control_id for e in self.entries if isinstance(e, Controlled) and e.ok]
        mine = sorted((run.acts[i] for i in dict.fromkeys(ids)), key=lambda act: act.before_s)
        cluster = [
            e for e in self.entries if isinstance(e, RoleChanged | MembershipChanged | Applied | Healed)
        ]
        return Trial(
            number=self.began.trial,
            began_s=self.began.at_s,
            ended_s=self.ended.at_s if self.ended else self.last_s,
            until_s=until_s,
            whole=self.ended is not None,
            completed=self.ended is not None and self.ended.completed,
            reason=self.ended.reason if self.ended else "the journal ends before this trial does",
            acts=tuple(mine),
            failed=tuple(e for e in self.entries if isinstance(e, Failed)),
            controls=tuple(e for e in self.entries if isinstance(e, Controlled)),
            executed=tuple(e for e in self.entries if isinstance(e, Executed)),
            begun=tuple(e for e in self.entries if isinstance(e, StepBegan)),
            waits=tuple(e for e in self.entries if isinstance(e, WaitEnded)),
            phases=tuple(e for e in self.entries if isinstance(e, PhaseReached)),
            cluster=tuple(sorted(cluster, key=_cluster_stamp)),
            view=self.view,
            all_told=run.clients <= {e.client for e in self.entries if isinstance(e, LoadStopped)},
            final=self.final,
            final_flaw=_flaw(self.final, self.final_view, run.reigns),
            before_final=self.before_final,
            writes=self.writes,
            reads=self.reads,
        )


def _flaw(final: FinalRead | None, view: ClusterView, reigns: Sequence[Reign]) -> str:
    if final is None:
        return "the writes were not read back"
    if view.faults:
        return f"the writes were read back while a fault was in force: {', '.join(sorted(view.faults))}"
    others = [r for r in reigns if r.begun_s <= final.at_s and r.node != final.host]
    # A second primary of the same epoch, made by hand, matters only as long as it is one.
    rivals = [r for r in others if r.epoch > final.epoch or _rules(view, r, final.epoch)]
    newer = max(rivals, key=lambda r: r.epoch, default=None)
    if final.epoch and newer:
        return (
            f"the writes were read back at {final.host} in epoch {final.epoch}, while {newer.node} held "
            f"epoch {newer.epoch}"
        )
    return ""


def _rules(view: ClusterView, reign: Reign, epoch: int) -> bool:
    return reign.epoch == epoch and view.role_of(reign.node) == "primary"


def _cluster_stamp(event: RoleChanged | MembershipChanged | Applied | Healed) -> float:
    return event.before_s if isinstance(event, Applied | Healed) else event.at_s


def _trials(entries: Sequence[Entry], run: _Run) -> list[Trial]:
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
            current = drafts.setdefault(entry.trial, _Draft(entry, view))
        elif current is not None:
            current.keep(entry, view)
            if isinstance(entry, TrialEnded):
                current = None
    found = list(drafts.values())
    ends = [*(draft.began.at_s for draft in found), float("inf")][1:]
    return [draft.trial(run, until_s) for draft, until_s in zip(found, ends, strict=True)]


def _stamp(entry: Entry) -> float:
    match entry:
        case Applied() | Healed() | Controlled() | Executed():
            return entry.after_s
        case Stalled():
            return entry.to_s
        case Returned():
            return entry.call_s
        case _:
            return entry.at_s
