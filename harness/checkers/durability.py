"""Acknowledged writes against the final read. Ignores reads during the run, and overwritten keys.

Every write carries a unique value. The final read is taken at the sole primary after every fault is over
and the cluster is steady again.
    lost       = acknowledged ok, absent from the final read
    recovered  = outcome unknown, present
    phantom    = present, though it certainly failed or was never attempted
    duplicated = present more than once
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


class Durability(Struct, frozen=True, kw_only=True):
    acknowledged: int
    unknown: int
    failed: int
    lost_before: tuple[Returned, ...]
    lost_after: tuple[Returned, ...]
    recovered: int
    phantoms: tuple[str, ...]
    duplicated: tuple[str, ...]
    rpo_s: float
    was_read: bool

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


def check(trial: Trial, attempted: Mapping[str, int]) -> Durability:
    """attempted: who wrote each value of the run. Without a final read nothing is lost or phantom."""
    acked = [w for w in trial.writes if w.outcome == "ok"]
    unknown = [w for w in trial.writes if w.outcome == "unknown"]
    failed = {w.value for w in trial.writes if w.outcome == "fail"}
    present = Counter(trial.final.values) if trial.final else Counter[str]()
    lost = [w for w in acked if w.value not in present] if trial.final else []
    fault_s = trial.main.after_s if trial.main else float("inf")
    return Durability(
        acknowledged=len(acked),
        unknown=len(unknown),
        failed=len(failed),
        lost_before=tuple(w for w in lost if _ack(w) <= fault_s),
        lost_after=tuple(w for w in lost if _ack(w) > fault_s),
        recovered=sum(1 for w in unknown if w.value in present),
        phantoms=tuple(v for v in present if v in failed or v not in attempted),
        duplicated=tuple(value for value, times in present.items() if times > 1),
        rpo_s=_rpo(lost, trial),
        was_read=trial.final is not None,
    )


def _rpo(lost: Sequence[Returned], trial: Trial) -> float:
    if not lost:
        return 0.0
    acks = [_ack(w) for w in lost]
    end_s = max(acks) if trial.main is None else max(max(acks), trial.main.after_s)
    return end_s - min(acks)


def _ack(write: Returned) -> float:
    return write.ret_s if write.ret_s is not None else write.call_s
