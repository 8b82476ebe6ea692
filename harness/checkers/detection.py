"""Detection time: from the fault to the controller's own decision that the primary has failed.

T_D = t_decision − t_fault. The decision is the first `decided` of the reign that the fault struck, not
before the injection began. t_fault lies in the injection's interval [before, after], so T_D lies in
[decision − after, decision − before]. A decision that never came is censored, not dropped.
Ignores suspicions of single nodes: one witness alone decides nothing.
"""

from __future__ import annotations

from harness.checkers.figures import censored, since
from harness.checkers.history import Trial
from harness.model.verdict import Figure


def check(trial: Trial) -> Figure | None:
    """None when no fault struck the primary: then there was nothing to detect."""
    act = trial.main
    if act is None or not act.strikes or act.fault is None:
        return None
    decided = [
        phase.at_s
        for phase in trial.phases
        if phase.phase == "decided" and phase.epoch == act.epoch and phase.at_s >= act.before_s
    ]
    if not decided:
        return censored(trial.ended_s - act.after_s)
    return since(min(decided), before_s=act.before_s, after_s=act.after_s)
