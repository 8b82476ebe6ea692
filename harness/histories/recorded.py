"""What a recorded file becomes: its operations by object, and how one such object behaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct

from harness.checkers.linear.operation import Operation
from harness.checkers.linear.search import Model


class History(Struct, frozen=True, kw_only=True):
    """objects: by key; a format of one object has the key "". Times are line numbers."""

    objects: Mapping[str, tuple[Operation, ...]]
    model: Model
    processes: int

    @property
    def operations(self) -> int:
        return sum(map(len, self.objects.values()))


# (the file's text, its path for errors) -> History. Raises DrillError with path and line.
Reader: TypeAlias = Callable[[str, str], History]
