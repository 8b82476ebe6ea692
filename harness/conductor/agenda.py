"""Wakes that were asked for, and what to do when they come. Knows no clock: the world counts."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.command import Wake

Action = Callable[[], None]


class Agenda:
    """Each entry fires once. A wake that comes after its entry was dropped does nothing."""

    def __init__(self) -> None:
        self._actions: dict[str, Action] = {}
        self._count = 0

    def after(self, delay_s: float, what: str, action: Action) -> Wake:
        self._count += 1
        wake_id = f"{what}.{self._count}"
        self._actions[wake_id] = action
        return Wake(wake_id, max(delay_s, 0.0))

    def woke(self, wake_id: str) -> None:
        action = self._actions.pop(wake_id, None)
        if action:
            action()

    def drop(self, wake_id: str) -> None:
        self._actions.pop(wake_id, None)

    def clear(self) -> None:
        self._actions.clear()
