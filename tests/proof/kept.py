"""What a proof has done so far, a line a case. Sources that changed begin it anew."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec
from msgspec import Struct

_ROOT = Path(__file__).parent.parent.parent
_SOURCES = (
    *((folder, "*.py") for folder in ("harness", "reports", "targets", "tests")),
    ("drills", "*.yaml"),
    ("compose", "*"),
)


class Case(Struct, frozen=True):
    """wrong: empty where all is well. came_to: what it is counted by. seconds: of real time."""

    number: int
    wrong: tuple[str, ...]
    came_to: str = ""
    seconds: float = 0.0


class Numbered(Protocol):
    @property
    def number(self) -> int: ...


C = TypeVar("C", bound=Numbered)


class Kept(Generic[C]):
    """The file of one proof; every case, of this kind, is on the disk before the next begins."""

    def __init__(self, path: Path, sources: str, kind: type[C]) -> None:
        self._path, self._head, self._kind = path, f"# sources {sources}\n", kind
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or not path.read_text().startswith(self._head):
            path.write_text(self._head)
        self._file = path.open("ab", buffering=0)

    def cases(self) -> dict[int, C]:
        """A last line that was cut short is done again."""
        text = self._path.read_text()
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            os.truncate(self._path, len(whole.encode()))
        found = [msgspec.json.decode(line, type=self._kind) for line in whole.splitlines()[1:]]
        return {case.number: case for case in found}

    def keep(self, case: C) -> None:
        self._file.write(msgspec.json.encode(case) + b"\n")

    def __enter__(self) -> Kept[C]:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def sources(root: Path = _ROOT) -> str:
    """A sum over all that a proof may depend on."""
    total = hashlib.sha256()
    for path in sorted(
        path for name, kind in _SOURCES for path in (root / name).rglob(kind) if path.is_file()
    ):
        total.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return total.hexdigest()[:16]
