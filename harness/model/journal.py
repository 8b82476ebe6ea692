"""The append-only record of a run: the world's events and the conductor's notes, in order.

It is the only thing between running and judging. It holds no wall time and no path.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harness.model.event import Event


class TrialBegan(Struct, frozen=True, kw_only=True, tag="trial_began"):
    """The cluster was steady, the load starts."""

    trial: int
    at_s: float
    primary: str


class StepBegan(Struct, frozen=True, kw_only=True, tag="step_began"):
    """A step of the trial began; index counts from 0. hosts: what its roles resolved to."""

    trial: int
    index: int
    at_s: float
    text: str
    hosts: tuple[str, ...] = ()


class WaitEnded(Struct, frozen=True, kw_only=True, tag="wait_ended"):
    """A wait was met, or expired."""

    trial: int
    index: int
    at_s: float
    met: bool
    text: str


class TrialEnded(Struct, frozen=True, kw_only=True, tag="trial_ended"):
    """Healed, settled, read back. `completed` false: the drill cannot go on; reason says why."""

    trial: int
    at_s: float
    completed: bool
    reason: str = ""


class RunEnded(Struct, frozen=True, kw_only=True, tag="run_ended"):
    """The last entry of a whole journal."""

    at_s: float
    reason: Literal["done", "gave up", "interrupted", "deadline", "world broke"]
    detail: str = ""


Note = TrialBegan | StepBegan | WaitEnded | TrialEnded | RunEnded
Entry = Event | Note
