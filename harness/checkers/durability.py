"""Acknowledged writes against the final read. Ignores reads during the run, and overwritten keys.

Every write carries a unique value. The final read is taken at the sole primary after every fault is over
and the cluster is steady again; one that was not proves nothing (see history).
    lost       = acknowledged ok, absent from the final read
    recovered  = outcome unknown, present
    phantom    = present, though it certainly failed, or no client (all have told all) attempted it
    duplicated = present more than once
An acknowledgement that came, or was told, only after the final read can be neither lost nor kept: `late`.
Lost writes are split by their acknowledgement: before the fault (the replica lagged) or after it (an old
primary went on acknowledging). A write that was acknowledged while the injection was under way counts as
before: it may have been.
    RPO in seconds = t_end − min ack over the lost, t_end = max(t_fault, max ack over the lost); 0 if none
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from harness.checkers.figures import at, few
from harness.checkers.history import Trial
from harness.model.event import Returned
from harness.model.verdict import Figure


class Durability(Struct, frozen=True, kw_only=True):
    """rpo: its interval is that of the injection. flaw: why nothing was compared; empty when it was."""

    acknowledged: int
    unknown: int
    failed: int
    lost_before: tuple[Returned, ...]
    lost_after: tuple[Returned, ...]
    late: int
    recovered: int
    phantoms: tuple[str, ...]
    duplicated: tuple[str, ...]
    rpo: Figure
    flaw: str

    @property
    def lost(self) -> tuple[Returned, ...]:
        return self.lost_before + self.lost_after

    def evidence(self, trial: int) -> tuple[str, ...]:
        """A line for each of the first few lost writes."""
        lines = [
            f"trial {trial}: {op.value} (key {op.key}) acknowledged to {op.client} by {op.node or 'a node'} "
            f"in epoch {op.epoch} at {at(op.ret_s or 0.0)} is not in the final read"
            for op in self.lost
        ]
        return few(lines)


def check(trial: Trial, attempted: Mapping[str, int], *, clock_error_s: float = 0.0) -> Durability:
    """attempted: who wrote each value of the run. Without a final read nothing is lost or phantom."""
    acked = [w for w in trial.writes if w.outcome == "ok"]
    unknown = [w for w in trial.writes if w.outcome == "unknown"]
    failed = [w for w in trial.writes if w.outcome == "fail"]
    present = Counter(trial.final.values) if trial.final and not trial.final_flaw else Counter[str]()
    in_time = _in_time(trial)
    lost = [w for w in in_time if w.value not in present] if not trial.final_flaw else []
    not_applied = {w.value for w in failed}.difference(w.value for w in (*acked, *unknown))
    fault_s = trial.main.after_s if trial.main else float("inf")
    return Durability(
        acknowledged=len(acked),
        unknown=len(unknown),
        failed=len(failed),
        lost_before=tuple(w for w in lost if _ack(w) <= fault_s),
        lost_after=tuple(w for w in lost if _ack(w) > fault_s),
        late=len(acked) - len(in_time),
        recovered=sum(1 for w in unknown if w.value in present),
        phantoms=tuple(v for v in present if v in not_applied or (trial.all_told and v not in attempted)),
        duplicated=tuple(value for value, times in present.items() if times > 1),
        rpo=_rpo(lost, trial, 2 * clock_error_s),
        flaw=trial.final_flaw,
    )


def _in_time(trial: Trial) -> list[Returned]:
    """Acknowledged, and told to be, before the final read."""
    if trial.final is None:
        return [w for w in trial.writes if w.outcome == "ok"]
    read_s = trial.final.at_s
    return [w for w in trial.writes[: trial.before_final] if w.outcome == "ok" and _ack(w) <= read_s]


def _rpo(lost: Sequence[Returned], trial: Trial, error_s: float) -> Figure:
    """error_s: between the stamps of two clients; what counts from the fault has it already."""
    if not lost:
        return Figure(value=0.0, low=0.0, high=0.0)
    acks = [_ack(w) for w in lost]
    first_s, last_s, act = min(acks), max(acks), trial.main
    moments = (act.middle_s, act.before_s, act.after_s) if act else (last_s, last_s, last_s)
    value, low, high = (max(moment, last_s) - first_s for moment in moments)
    low = max(moments[1] - first_s, last_s - first_s - error_s)
    return Figure(value=value, low=max(low, 0.0), high=max(high, last_s - first_s + error_s))


def _ack(write: Returned) -> float:
    return write.ret_s if write.ret_s is not None else write.call_s
