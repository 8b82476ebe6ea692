"""Standard output and error: width, colour, signs, and readers that go away. A closed pipe ends no run."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from harness.run import Audience
    from reports.look import Look

# A report wider than this is harder to read, not easier; narrower than this its timeline has no room.
_WIDTH_MAX, _WIDTH_MIN, _WIDTH_OF_A_FILE = 160, 60, 100


def write_out(text: str) -> None:
    """Write to standard output. A reader that has gone is not our business: the exit code still counts."""
    _write(sys.stdout, text)


def write_error(text: str) -> None:
    """Write to standard error, which may have gone with its terminal."""
    _write(sys.stderr, text)


def show(renderable: RenderableType) -> None:
    """Draw on standard output, in colour only on a terminal that wants it."""
    write_out(drawn(renderable, sys.stdout))


def look() -> Look:
    """What standard output can carry."""
    from reports.look import look_for

    return look_for(sys.stdout.encoding)


def drawn(renderable: RenderableType, stream: TextIO) -> str:
    """The renderable as text for this stream. A file gets no trailing blanks."""
    from io import StringIO

    from rich.console import Console

    terminal = stream.isatty()
    console = Console(
        file=StringIO(),
        force_terminal=terminal,
        width=width(terminal),
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as captured:
        console.print(renderable)
    text = captured.get()
    return text if terminal else "\n".join(line.rstrip() for line in text.split("\n"))


def width(terminal: bool) -> int:
    """Of the report: the terminal's (or COLUMNS) within limits."""
    columns = shutil.get_terminal_size((_WIDTH_OF_A_FILE, 24)).columns
    if not terminal and "COLUMNS" not in os.environ:
        columns = _WIDTH_OF_A_FILE
    return max(_WIDTH_MIN, min(columns, _WIDTH_MAX))


def audience() -> Audience:
    """Who follows a run on standard error: a picture on a terminal, else one line a trial and step."""
    from reports.lines import Lines
    from reports.live import Picture
    from reports.look import look_for

    began_s = time.monotonic()

    def elapsed() -> float:
        return time.monotonic() - began_s

    seen = look_for(sys.stderr.encoding)
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        return Picture(_error_console(), elapsed=elapsed, look=seen)
    return Lines(write_error, elapsed=elapsed, look=seen)


class Unbreakable:
    """A stream for rich that swallows what a vanished terminal raises: faults must be healed all the same."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.encoding = stream.encoding

    def write(self, text: str) -> int:
        _write(self._stream, text)
        return len(text)

    def flush(self) -> None:
        """Every write is flushed already."""

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()


def _error_console() -> Console:
    from typing import cast

    from rich.console import Console

    stream = cast(TextIO, Unbreakable(sys.stderr))
    return Console(file=stream, highlight=False, markup=False, emoji=False)


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except OSError:
        _silence(stream)
    except ValueError:
        pass  # Closed before we began.


def _silence(stream: TextIO) -> None:
    """Let what is still buffered, and all that follows, go nowhere, so that the exit raises nothing."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass
