"""What a proof has done so far, a line a case. Sources that changed begin it anew."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct

_ROOT = Path(__file__).parent.parent.parent
_SOURCES = ("harness", "targets", "tests")


class Case(Struct, frozen=True):
    """wrong: empty where all is well."""

    number: int
    wrong: tuple[str, ...]


class Kept:
    """The file of one proof; every case is on the disk before the next begins."""

    def __init__(self, path: Path, sources: str) -> None:
        self._path, self._head = path, f"# sources {sources}\n"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or not path.read_text().startswith(self._head):
            path.write_text(self._head)

    def cases(self) -> dict[int, Case]:
        """A last line that was cut short is done again."""
        text = self._path.read_text()
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            self._path.write_text(whole)
        found = [msgspec.json.decode(line, type=Case) for line in whole.splitlines()[1:]]
        return {case.number: case for case in found}

    def keep(self, case: Case) -> None:
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(case) + b"\n")


def sources(root: Path = _ROOT) -> str:
    """A sum over all that a proof may depend on."""
    total = hashlib.sha256()
    for path in sorted(path for name in _SOURCES for path in (root / name).rglob("*.py")):
        total.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return total.hexdigest()[:16]
