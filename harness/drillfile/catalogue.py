"""What a person named -> drills: files, suites, names in the catalogue, in the order they were named."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, structs

from harness.drillfile.drill import read_drill
from harness.drillfile.suite import Entry, is_suite, read_suite
from harness.drillfile.textfile import read_text
from harness.drillfile.tree import Node, parse, shown
from harness.drillfile.words import WORD_MAX
from harness.model.drill import Drill
from harness.model.errors import DrillError

_FOLDER, _SUFFIX = "drills", ".yaml"
_FOR_EDITORS = "yaml-language-server:"


class _Source(Struct, frozen=True):
    """A file that was read. name: as the person named it, which errors show and a later run repeats."""

    path: Path
    name: str
    text: str
    top: Node

    @contextmanager
    def named(self) -> Iterator[None]:
        """Errors that say no file yet are about this one."""
        with _named(self.name):
            yield


def read_all(paths: Sequence[Path], drills_folder: Path) -> list[Drill]:
    """The drills of all files. Raises DrillError for the first wrong one: path, line, field, fix."""
    return [drill for path in paths for drill in _drills(path, drills_folder)]


def story(text: str) -> str:
    """The comment that a file begins with, without a line that is meant for an editor."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if _FOR_EDITORS not in line:
            lines.append(line.lstrip("#").strip())
    return "\n".join(lines).strip()


def _drills(path: Path, drills_folder: Path) -> list[Drill]:
    source = _open(_found(path, drills_folder), f"{path}")
    if not is_suite(source.top):
        return [_drill(source)]
    with source.named():
        entries = read_suite(source.top)
    return [_entered(entry, source, drills_folder) for entry in entries]


def _drill(source: _Source) -> Drill:
    with source.named():
        return read_drill(source.top, path=source.name, story=story(source.text))


def _entered(entry: Entry, suite: _Source, drills_folder: Path) -> Drill:
    """One drill of a suite. What is wrong with the entry itself is told with the suite's line."""
    with suite.named():
        path = suite.path.parent / entry.file if entry.file else _catalogued(entry.name, drills_folder)
        if path is None or not _is_there(path):
            raise entry.spot.wrong(_missing(Path(entry.file or entry.name), drills_folder))
        source = _open(path, f"{path}" if entry.file else entry.name)
        if is_suite(source.top):
            raise entry.spot.wrong(f"'{shown(source.name)}' is a suite itself; name its drills")
    drill = _drill(source)
    return structs.replace(drill, trials=entry.trials or drill.trials)


def _open(path: Path, name: str) -> _Source:
    with _named(name):
        text = read_text(path)
        return _Source(path, name, text, parse(text))


@contextmanager
def _named(path: str) -> Iterator[None]:
    try:
        yield
    except DrillError as error:
        if error.path:
            raise
        raise DrillError(error.problem, path=path, line=error.line, field=error.field) from error


# --- finding ----------------------------------------------------------------------------------------


def _found(path: Path, drills_folder: Path) -> Path:
    """The file itself, else the one of the catalogue: by its name, or by its path as a checkout has it."""
    if _is_there(path):
        return path
    folders = path.parent.parts
    if folders[:1] in ((), (_FOLDER,)):
        beside = drills_folder.joinpath(*folders[1:], path.name)
        there = beside if _is_there(beside) else _catalogued(path.name, drills_folder)
        if there is not None:
            return there
    raise DrillError(_missing(path, drills_folder), path=f"{path}")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # A name that no file can have.
        return False


def _catalogued(name: str, drills_folder: Path) -> Path | None:
    return _catalogue(drills_folder).get(name)


def _catalogue(drills_folder: Path) -> dict[str, Path]:
    """By name: the drills, and the suites below them."""
    files = [*sorted(drills_folder.glob(f"*/*{_SUFFIX}")), *sorted(drills_folder.glob(f"*{_SUFFIX}"))]
    return {file.stem: file for file in files}


def _missing(path: Path, drills_folder: Path) -> str:
    near = difflib.get_close_matches(path.stem[:WORD_MAX], _catalogue(drills_folder), n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else "`failover-drill drills` lists it"
    return f"no such file, nor a drill of the catalogue; {hint}"
