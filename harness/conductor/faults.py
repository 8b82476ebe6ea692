"""Which faults were asked for, are in force, are being healed. Every one that was asked for gets healed."""

from __future__ import annotations

from typing import Literal

from harness.model.command import Heal

Stage = Literal["asked", "lying in wait", "in force", "healing"]


class FaultTable:
    """A heal that is due before the world has answered the inject waits for that answer.

    One that lies in wait may never be answered: its heal is asked for at once.
    """

    def __init__(self) -> None:
        self._stages: dict[str, Stage] = {}
        self._due: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._stages)

    @property
    def unanswered(self) -> bool:
        return "asked" in self._stages.values()

    @property
    def in_wait(self) -> bool:
        return "lying in wait" in self._stages.values()

    @property
    def open(self) -> tuple[str, ...]:
        """Not seen to be over."""
        return tuple(self._stages)

    def stage(self, fault_id: str) -> Stage | None:
        return self._stages.get(fault_id)

    def asked(self, fault_id: str, *, waits: bool = False) -> None:
        self._stages[fault_id] = "lying in wait" if waits else "asked"

    def applied(self, fault_id: str) -> list[Heal]:
        if self._stages.get(fault_id) not in ("asked", "lying in wait"):
            return []
        self._stages[fault_id] = "in force"
        return self.end(fault_id) if fault_id in self._due else []

    def end(self, fault_id: str) -> list[Heal]:
        match self._stages.get(fault_id):
            case "asked":
                self._due.add(fault_id)
            case "in force" | "lying in wait":
                self._stages[fault_id] = "healing"
                return [Heal(fault_id)]
        return []

    def end_all(self) -> list[Heal]:
        return [heal for fault_id in tuple(self._stages) for heal in self.end(fault_id)]

    def give_up(self) -> list[Heal]:
        """Nobody waits any more: what the world never answered is healed all the same."""
        asked = [fault_id for fault_id, stage in self._stages.items() if stage == "asked"]
        self._stages.update(dict.fromkeys(asked, "healing"))
        return [*(Heal(fault_id) for fault_id in asked), *self.end_all()]

    def inject_failed(self, fault_id: str) -> list[Heal]:
        """What did not bite may have been half applied: it is healed all the same."""
        self._stages[fault_id] = "healing"
        return [Heal(fault_id)]

    def gone(self, fault_id: str) -> None:
        self._stages.pop(fault_id, None)
        self._due.discard(fault_id)
