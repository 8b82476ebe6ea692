"""Standard output and error: width, colour, signs, and readers that go away. A closed pipe ends no run."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from harness.model.errors import WorldError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from harness.run import Audience
    from reports.look import Look

# A report wider than this is harder to read, not easier; narrower than this its timeline has no room.
_WIDTH_MAX, _WIDTH_MIN, _WIDTH_OF_A_FILE = 160, 60, 100


# Progress where there is no terminal.
_LINE_EVERY_S = 10.0
# A file that cannot take the report; any other failure means that its reader has gone.
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def open_streams() -> None:
    """Stand-ins for streams that were closed before we began: the next file opened must not become one."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def write_out(text: str) -> None:
    """Write to standard output. A reader that has gone is not our business: the exit code still counts.

    Raises WorldError when it is a file on a full disk: half a report must not look like one.
    """
    error = _write(sys.stdout, text)
    if error is not None and error.errno in _DISK_FULL:
        raise WorldError(
            f"standard output cannot be written ({error.strerror})\n"
            "  free some space, or send it elsewhere; what was run is kept in its run's folder"
        )


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


def _write(stream: TextIO, text: str) -> OSError | None:
    """What hindered, if anything did; after that the stream leads nowhere."""
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except OSError as error:
        _silence(stream)
        return error
    except ValueError:
        pass  # Closed by somebody who loaded us as a module.
    return None


def _silence(stream: TextIO) -> None:
    """Let what is still buffered, and all that follows, go nowhere, so that the exit raises nothing."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass


@contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[int, int], None]]:
    """On standard error: a bar on a terminal, else a line now and then. Told (done, violating)."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=_error_console(), transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda done, bad: bar.update(task, completed=done, description=f"{what}{_bad(bad)}")
        return
    write_error(f"{what}\n")
    last_s = [time.monotonic()]

    def told(done: int, bad: int) -> None:
        if time.monotonic() - last_s[0] >= _LINE_EVERY_S:
            last_s[0] = time.monotonic()
            write_error(f"{done} of {total}{_bad(bad)}\n")

    yield told


def _bad(violations: int) -> str:
    return f", {violations} violating" if violations else ""
