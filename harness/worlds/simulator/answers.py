"""What is told of a fault that came into force or ended. Stamped now, by the run's own time."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.errors import WorldError
from harness.model.event import Applied, Healed
from harness.model.fault import Fault
from harness.worlds.simulator.timeline import Timeline

Told = Callable[[Applied | Healed | WorldError], None]


class Answers:
    """evidence: a line for a person."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def applied(
        self, fault_id: str, fault: Fault, evidence: str, *, before_s: float | None = None
    ) -> Applied:
        """before_s: when it began, where that is not now."""
        now_s = self._timeline.now_s
        return Applied(
            fault_id=fault_id,
            fault=fault,
            before_s=now_s if before_s is None else before_s,
            after_s=now_s,
            evidence=(f"virtual: {evidence}",),
        )

    def healed(self, fault_id: str, evidence: str) -> Healed:
        now_s = self._timeline.now_s
        return Healed(fault_id=fault_id, before_s=now_s, after_s=now_s, evidence=(f"virtual: {evidence}",))
