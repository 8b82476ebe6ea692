"""What a person may see while a drill runs. A picture of one moment; nothing is judged from it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from harness.conductor.stand import Stand
from harness.model.event import NodeRole
from harness.model.fault import describe


class Progress(Struct, frozen=True, kw_only=True):
    """Where the drill stands. `step` and `waiting_for` are lines for a person, empty when there is none."""

    trial: int  # from 1; 0 before the first
    trials: int
    step: str
    waiting_for: str
    roles: Mapping[str, NodeRole]  # data nodes, by host
    primary: str  # empty while there is none, or more than one
    epoch: int  # the newest that anyone told
    faults: tuple[str, ...]  # in force now
    writes_ok_last_s: int  # acknowledged in the second before `at_s`
    at_s: float


def progress_of(stand: Stand, *, trials: int, waiting_for: str) -> Progress:
    view = stand.view
    return Progress(
        trial=stand.trial,
        trials=trials,
        step=stand.step_text,
        waiting_for=waiting_for,
        roles={host: said.role for host, said in sorted(view.roles.items())},
        primary=view.primary,
        epoch=view.epoch,
        faults=tuple(describe(fault) for fault in view.faults.values()),
        writes_ok_last_s=stand.load.ok_last_s(stand.now_s),
        at_s=stand.now_s,
    )
