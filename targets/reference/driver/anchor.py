"""How far a store had come, beside it: shows that its newest end is gone. Knows no record.

SQLite takes a write-ahead log whose end is damaged for one that was never finished, and drops that end
without a word. The anchor is written after each commit and not synced: when a process dies it is exact, when
a host dies it may be older. It is never ahead of the store, so a store that is behind it has lost something.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

from targets.reference.driver.damage import DamagedError

_NUMBERS = struct.Struct(">QQ")
_WHOLE = struct.Struct(">QQI")


class Anchor:
    """position: of the last record; sealed: the epoch below which nothing is taken."""

    def __init__(self, file: Path, remedy: str) -> None:
        self._file, self._remedy = file, remedy
        self.position = self.sealed = 0
        self._handle = -1

    def read(self) -> None:
        """Raises DamagedError."""
        try:
            whole = self._file.read_bytes()
        except FileNotFoundError:
            raise DamagedError(
                self._file, "it is gone, and with it what it vouched for", self._remedy
            ) from None
        if len(whole) != _WHOLE.size or _WHOLE.unpack(whole)[2] != zlib.crc32(whole[: _NUMBERS.size]):
            raise DamagedError(self._file, "its bytes are not what was written", self._remedy)
        self.position, self.sealed, _ = _WHOLE.unpack(whole)

    def open(self) -> None:
        """For writing from now on; made where there was none."""
        self._handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._write()
        os.fsync(self._handle)

    def moved(self, *, position: int | None = None, sealed: int | None = None) -> None:
        """The store has come here, and that is durable."""
        self.position = self.position if position is None else position
        self.sealed = self.sealed if sealed is None else sealed
        self._write()

    def lower(self, position: int) -> None:
        """The store is about to drop what comes after; on disk when this returns."""
        if position < self.position:
            self.moved(position=position)
            os.fsync(self._handle)

    def close(self) -> None:
        os.close(self._handle)

    def _write(self) -> None:
        numbers = _NUMBERS.pack(self.position, self.sealed)
        os.pwrite(self._handle, numbers + zlib.crc32(numbers).to_bytes(4, "big"), 0)
