"""The steps of a failover, in seconds after the fault: the first of each kind. Judges nothing.

suspected, decided, elected, lease_over and fenced belong to the reign that was struck; promoted, redirected,
validated and rejoined to a newer one. `acknowledged` is ours: the first write that was acknowledged under
a newer epoch, by its return. A phase that never came is not in the list. The error is the injection's
interval, which carries that of mapped clocks.
"""

from __future__ import annotations

from harness.checkers.acts import Act
from harness.checkers.history import Trial
from harness.model.event import PhaseReached
from harness.model.verdict import PhaseTime

_OF_THE_OLD_REIGN = frozenset(("suspected", "decided", "elected", "lease_over", "fenced"))


def check(trial: Trial) -> tuple[PhaseTime, ...]:
    """In the order of time; empty when nothing struck the primary."""
    act = trial.main
    if act is None or not act.strikes:
        return ()
    first: dict[str, PhaseTime] = {}
    for told in sorted(trial.phases, key=lambda told: told.at_s):
        if told.at_s >= act.before_s and _belongs(told, act):
            time = _time(told.phase, told.at_s, told.host, told.subject, act, layer=told.layer)
            first.setdefault(told.phase, time)
    acknowledged = _acknowledged(trial, act)
    if acknowledged:
        first["acknowledged"] = acknowledged
    return tuple(sorted(first.values(), key=lambda time: time.after_fault_s))


def _belongs(told: PhaseReached, act: Act) -> bool:
    return told.epoch == act.epoch if told.phase in _OF_THE_OLD_REIGN else told.epoch > act.epoch


def _acknowledged(trial: Trial, act: Act) -> PhaseTime | None:
    newer = [w for w in trial.writes if w.outcome == "ok" and w.epoch > act.epoch and w.ret_s is not None]
    if not newer:
        return None
    op = min(newer, key=lambda write: write.ret_s or 0.0)
    return _time("acknowledged", op.ret_s or 0.0, op.client, op.node, act)


def _time(phase: str, at_s: float, host: str, subject: str, act: Act, *, layer: str = "") -> PhaseTime:
    return PhaseTime(
        phase=phase,
        after_fault_s=at_s - act.middle_s,
        host=host,
        subject=subject,
        layer=layer,
        error_s=(act.after_s - act.before_s) / 2,
    )
