"""The objects that a search knows, each as one copy behaves. States are values."""

from __future__ import annotations

from collections.abc import Hashable
from typing import cast

from msgspec import Struct

from harness.checkers.linear.operation import Operation
from harness.checkers.linear.search import REFUSED, Refused


class Register(Struct, frozen=True):
    """Read, write, and compare-and-set: `cas` found `expected` and put `value`, `missed` found another."""

    initial: Hashable = None

    def step(self, state: Hashable, operation: Operation) -> Hashable | Refused:
        match operation.kind:
            case "write":
                return operation.value
            case "read":
                return state if operation.value == state else REFUSED
            case "cas":
                return operation.value if operation.expected == state else REFUSED
            case "missed":
                return state if operation.expected != state else REFUSED
            case _:
                return REFUSED


class Text(Struct, frozen=True):
    """A string that is written, appended to, and read whole."""

    initial: str = ""

    def step(self, state: Hashable, operation: Operation) -> Hashable | Refused:
        match operation.kind:
            case "write":
                return operation.value
            case "append":
                return cast(str, state) + cast(str, operation.value)
            case "read":
                return state if operation.value == state else REFUSED
            case _:
                return REFUSED


class AppendList(Struct, frozen=True):
    """A list of elements, as a tuple."""

    initial: tuple[Hashable, ...] = ()

    def step(self, state: Hashable, operation: Operation) -> Hashable | Refused:
        match operation.kind:
            case "append":
                return (*cast("tuple[Hashable, ...]", state), operation.value)
            case "read":
                return state if operation.value == state else REFUSED
            case _:
                return REFUSED


class GrowSet(Struct, frozen=True):
    """A set that only grows, as a frozenset."""

    initial: frozenset[Hashable] = frozenset()

    def step(self, state: Hashable, operation: Operation) -> Hashable | Refused:
        match operation.kind:
            case "add":
                return cast("frozenset[Hashable]", state) | {operation.value}
            case "read":
                return state if operation.value == state else REFUSED
            case _:
                return REFUSED
