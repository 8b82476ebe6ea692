"""What a person may see while a drill runs. A picture of one moment; nothing is judged from it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from harness.model.event import NodeRole


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
