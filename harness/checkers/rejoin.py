"""Rejoin time: from the end of the fault until its victim is in step again.

The victim is the data node that the fault was aimed at. It has rejoined when a primary serves, the
register of the newest epoch counts the victim in, and the victim says that it is primary or standby.
The end of the fault lies in the healing's interval, so the time lies in [rejoined − after, rejoined −
before]. Never: censored. A stall of the harness in between makes stamps late: the low end takes it off.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from harness.checkers.figures import censored, since
from harness.checkers.history import Trial
from harness.model.event import Applied, Healed, Stalled
from harness.model.verdict import Figure
from harness.reach import Hosts, victim


def check(trial: Trial, hosts: Hosts, stalls: Sequence[Stalled]) -> Figure | None:
    """None when the trial's main act has no data node for a victim, or was not seen to end."""
    act = trial.main
    if act is None or act.fault is None or act.ended is None:
        return None
    host = victim(act.fault, hosts, primary=act.primary)
    if not host:
        return None
    back_s = _back(trial, hosts, host, act.ended)
    if back_s is None:
        return censored(trial.ended_s - act.ended.after_s)
    figure = since(back_s, before_s=act.ended.before_s, after_s=act.ended.after_s)
    asleep_s = sum(s.to_s - s.from_s for s in stalls if s.to_s > act.ended.before_s and s.from_s < back_s)
    return structs.replace(figure, low=max((figure.low or 0.0) - asleep_s, 0.0))


def _back(trial: Trial, hosts: Hosts, host: str, ended: Healed) -> float | None:
    """The first moment from the healing on at which the cluster's own words count it in."""
    view = trial.view
    for event in trial.cluster:
        view = view.seen(event)
        at_s = event.before_s if isinstance(event, Applied | Healed) else event.at_s
        if at_s >= ended.before_s and view.has_rejoined(host, hosts):
            return max(at_s, ended.before_s)
    return None
