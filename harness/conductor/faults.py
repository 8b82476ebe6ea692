"""Which faults were asked for, are in force, are being healed. Every one that was asked for gets healed."""

from __future__ import annotations

from typing import Literal

from harness.model.command import Heal

# overtaken: its end was asked for before the world has answered that it is in force.
Stage = Literal["asked", "overtaken", "lying in wait", "in force", "healing"]


class FaultTable:
    """stage          end is due        -> stage
    asked             Heal                 overtaken: seeing it bite must not make it last
    asked, an ending  -                    asked; at the answer Heal, and healing: it has yet to end
    lying in wait     Heal                 healing: it may never be answered
    in force          Heal                 healing

    The world answers what it was asked for first: of one that is overtaken what comes is the injection's.
    """

    def __init__(self) -> None:
        self._stages: dict[str, Stage] = {}
        self._endings: set[str] = set()
        self._due: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._stages)

    @property
    def unanswered(self) -> bool:
        return bool({"asked", "overtaken"} & {*self._stages.values()})

    @property
    def in_wait(self) -> bool:
        return "lying in wait" in self._stages.values()

    @property
    def open(self) -> tuple[str, ...]:
        """Not seen to be over."""
        return tuple(self._stages)

    def stage(self, fault_id: str) -> Stage | None:
        return self._stages.get(fault_id)

    def asked(self, fault_id: str, *, waits: bool = False, is_ending: bool = False) -> None:
        """waits: it lies in wait. is_ending: of a process, in its own time; it is in force after that."""
        self._stages[fault_id] = "lying in wait" if waits else "asked"
        if is_ending:
            self._endings.add(fault_id)

    def applied(self, fault_id: str) -> list[Heal]:
        match self._stages.get(fault_id):
            case "asked" | "lying in wait":
                self._stages[fault_id] = "in force"
                return self.end(fault_id) if fault_id in self._due else []
            case "overtaken":
                self._stages[fault_id] = "healing"
        return []

    def end(self, fault_id: str) -> list[Heal]:
        match self._stages.get(fault_id):
            case "asked" if fault_id in self._endings:
                self._due.add(fault_id)
                return []
            case "asked":
                self._stages[fault_id] = "overtaken"
            case "in force" | "lying in wait":
                self._stages[fault_id] = "healing"
            case _:
                return []
        return [Heal(fault_id)]

    def end_all(self) -> list[Heal]:
        return [heal for fault_id in tuple(self._stages) for heal in self.end(fault_id)]

    def give_up(self) -> list[Heal]:
        """Nobody waits any more: what the world never answered is healed all the same."""
        self._endings.clear()
        return self.end_all()

    def inject_failed(self, fault_id: str) -> list[Heal]:
        """What did not bite may have been half applied: it is healed all the same."""
        overtaken = self._stages.get(fault_id) == "overtaken"
        self._stages[fault_id] = "healing"
        return [] if overtaken else [Heal(fault_id)]

    def gone(self, fault_id: str) -> None:
        self._stages.pop(fault_id, None)
        self._due.discard(fault_id)
        self._endings.discard(fault_id)
