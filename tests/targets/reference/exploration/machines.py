"""Machines by what they hold: equal ones have one number. Ignores hosts."""

from __future__ import annotations

import pickle
from collections.abc import Hashable
from typing import Any

from msgspec import Struct

from targets.reference.machines.data_node.primary.lag import Lags
from targets.reference.machines.words.grammar import Effects, Event
from tests.targets.reference.exploration.interning import Interned


class Machines:
    """Stored whole; whoever asks for one gets a copy."""

    def __init__(self) -> None:
        self._frozen: Interned[Hashable] = Interned()
        self._stored: list[bytes] = []

    def number(self, machine: Any) -> int:
        number = self._frozen.number(freeze(machine))
        if number == len(self._stored):
            self._stored.append(pickle.dumps(machine, protocol=pickle.HIGHEST_PROTOCOL))
        return number

    def handle(self, number: int, now_s: float, event: Event) -> tuple[int, Effects]:
        machine = self[number]
        effects = machine.handle(now_s, event)
        return self.number(machine), effects

    def says(self, number: int) -> Hashable:
        return self._frozen[number]

    def __getitem__(self, number: int) -> Any:
        return pickle.loads(self._stored[number])


def freeze(value: Any, parts: dict[int, int] | None = None) -> Hashable:
    """What an object holds, all the way down, as something that can be compared.

    parts: those that were met already and their numbers. A part that others share is looked into once.
    """
    parts = {} if parts is None else parts
    if value is None or isinstance(value, str | int | float | bool | bytes):
        return value
    if isinstance(value, tuple | list):
        return (type(value).__name__, *(freeze(item, parts) for item in value))
    if isinstance(value, dict):
        # In whatever order they came: no rule may depend on it.
        return ("dict", frozenset((freeze(key, parts), freeze(item, parts)) for key, item in value.items()))
    if isinstance(value, Lags):
        # It calls people, and nothing else follows from it.
        return "Lags"
    if callable(value):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, set | frozenset):
        return frozenset(freeze(item, parts) for item in value)
    if isinstance(value, Struct):
        if value.__struct_config__.frozen:
            return value
        names = value.__struct_fields__
        return (type(value).__name__, *(freeze(getattr(value, name), parts) for name in names))
    if id(value) in parts:
        return ("part", parts[id(value)])
    parts[id(value)] = len(parts)
    return (type(value).__name__, *((name, freeze(item, parts)) for name, item in vars(value).items()))
