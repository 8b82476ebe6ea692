"""Any file at all is a drill that can be planned, or is refused with file, line, field and one line of text.

What raises something else is a mistake of ours; so is what takes longer than a person waits.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from harness.cli.arguments import Namespace
from harness.cli.drills import plans_of
from harness.cli.worlds import WORLDS
from harness.drillfile.textfile import SIZE_MAX
from harness.drillfile.tree import Block, Node, parse
from harness.model.errors import DrillError
from tests.drillfile.mutation import DRILLS, a_file
from tests.patience import patience
from tests.proof.found import Found

_NAME = "mine.yaml"
_LONG = 1000


def looked_at(number: int) -> Found:
    """The file of this number, read and planned as a run would."""
    return looked_at_text(a_file(number), f"file {number}", WORLDS[number % len(WORLDS)])


def looked_at_text(content: bytes, called: str = "a file", world: str = "simulator") -> Found:
    path = _folder() / _NAME
    path.write_bytes(content)
    args = Namespace(files=[path], world=world, target="", seed=1, trials=None, defect="")
    return found_in(content, called, lambda: plans_of(args))


def found_in(content: bytes, called: str, understood: Callable[[], object]) -> Found:
    """Of a file of that content, whoever has to understand it."""
    try:
        with patience():
            understood()
    except DrillError as error:
        wrong = tuple(f"{called}: {lacks}: {error}" for lacks in _lacking(error, content))
        return Found("refused", wrong)
    except Exception as error:
        return Found("broken", (f"{called}: {type(error).__name__}: {error}",))
    return Found("accepted")


def _lacking(error: DrillError, content: bytes) -> Iterator[str]:
    """What this refusal does not tell. Of a file that is none as a whole no line is the wrong one."""
    top = _top(content)
    if not error.path:
        yield "no file"
    if not f"{error}".isprintable():
        yield "no line that a terminal can show"
    if len(f"{error}") > _LONG:
        yield "longer than anybody reads"
    if not _has_no_lines(content, top) and not 1 <= error.line <= _lines(error, content):
        yield f"no line of it ({error.line})"
    if isinstance(top, Block) and not error.field:
        yield "no field"


def _top(content: bytes) -> Node | DrillError:
    """What it is as YAML, else why it is none."""
    try:
        return parse(content.decode("utf-8-sig")) if len(content) <= SIZE_MAX else DrillError("too large")
    except UnicodeDecodeError:
        return DrillError("no text")
    except DrillError as error:
        return error


def _has_no_lines(content: bytes, top: Node | DrillError) -> bool:
    """It is too large to be looked at, or empty."""
    return len(content) > SIZE_MAX or (isinstance(top, DrillError) and "nothing is written" in top.problem)


def _lines(error: DrillError, content: bytes) -> int:
    """One behind the last is where its end is. What a suite names is another file, of the catalogue."""
    named = DRILLS / f"{error.path}.yaml"
    text = named.read_text() if named.is_file() else content.decode("utf-8-sig", "replace")
    return len(text.splitlines()) + 1


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="failover-drill-"))
