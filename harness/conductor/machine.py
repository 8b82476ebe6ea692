"""The conductor: plan and events -> commands and notes. Knows no clock."""

from __future__ import annotations

from typing import Literal

from harness.conductor.progress import Progress
from harness.model.command import Command
from harness.model.event import Event
from harness.model.journal import Note
from harness.model.plan import Plan

Step = tuple[list[Command], list[Note]]
AbortReason = Literal["interrupted", "deadline", "world broke"]


class Conductor:
    """Signatures only; the machine follows in the next commit."""

    def __init__(self, plan: Plan) -> None:
        raise NotImplementedError

    def start(self) -> Step:
        raise NotImplementedError

    def handle(self, event: Event) -> Step:
        raise NotImplementedError

    def abort(self, reason: AbortReason, detail: str = "") -> Step:
        """Heal all, stop the load; `finished` when both are answered. Asked twice, it finishes at once."""
        raise NotImplementedError

    @property
    def finished(self) -> bool:
        raise NotImplementedError

    @property
    def progress(self) -> Progress:
        raise NotImplementedError
