"""Writes a journal as the run goes on: after a crash it can still be judged.

It is closed by its last line once the run is over with all that belongs to it: what was started has been
removed. So a journal that ends before tells of a harness that died before, and is not whole.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import msgspec

from harness.journalfile.lines import HEADER, Footer, sealed, sum_of
from harness.model.errors import JournalError
from harness.model.event import Returned, Stalled
from harness.model.journal import Entry, RunEnded

FLUSH_EVERY_S = 0.1
_OPERATIONS = (Returned, Stalled)


class Writer:
    """Appends entries. Operations reach the file within 0.1 s of the next call, all else at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._buffer = bytearray(msgspec.json.encode(HEADER) + b"\n")
        self._entries, self._sum, self._complete = 0, 0, False
        self._flushed_s = time.monotonic()
        with self._mended():
            self._file = path.open("xb", buffering=0)
        self.flush()

    def append(self, entry: Entry) -> None:
        """Raises JournalError when the file cannot take it."""
        self._entries += 1
        self._buffer += sealed(self._entries, entry)
        self._complete = isinstance(entry, RunEnded)
        if not isinstance(entry, _OPERATIONS):
            self.flush()
        else:
            self.flush_when_due()

    def flush_when_due(self) -> None:
        """To be called from the runner's loop, so that a quiet moment leaves nothing in memory."""
        if self._buffer and time.monotonic() - self._flushed_s >= FLUSH_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Hand everything to the system: it survives the death of this process, not that of the machine."""
        with self._mended():
            while self._buffer:
                written = self._file.write(self._buffer)
                self._sum = sum_of(memoryview(self._buffer)[:written], self._sum)
                del self._buffer[:written]
        self._flushed_s = time.monotonic()

    def close(self) -> None:
        """Write the last line of a run that came to its end, all to the disk itself. Safe to call twice."""
        if self._file.closed:
            return
        try:
            self.flush()
            if self._complete:
                self._buffer += sealed(self._entries + 1, Footer(self._entries, f"{self._sum:08x}"))
                self.flush()
            with self._mended():
                os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _mended(self) -> Iterator[None]:
        """An OSError as what a person can do about it."""
        try:
            yield
        except FileExistsError as error:
            raise JournalError(f"{self._path} is there already; name another folder for this run") from error
        except OSError as error:
            raise JournalError(
                f"{self._path} cannot be written: {error.strerror or error}; free space or make the folder "
                "writable, then run the drill again (what was written so far can still be judged)"
            ) from error
