"""A path -> its text. A folder, a device, ten megabytes, no UTF-8: each is one message with its fix."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from harness.model.errors import DrillError

SIZE_MAX = 64 * 1024  # the largest drill that makes sense is a tenth of it


def read_text(path: Path) -> str:
    """Raises DrillError without a path."""
    try:
        return _text(_bytes(path))
    except OSError as error:
        raise DrillError(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise DrillError(f"is no path ({error}); name a file") from error


def _bytes(path: Path) -> bytes:
    kind = path.stat().st_mode
    if stat.S_ISDIR(kind):
        raise DrillError("is a folder; name the files in it, like drills/*.yaml")
    if not stat.S_ISREG(kind):
        raise DrillError("is no regular file; save the drill as one")
    with path.open("rb") as file:
        content = file.read(SIZE_MAX + 1)
        if len(content) > SIZE_MAX:
            size = os.fstat(file.fileno()).st_size
            raise DrillError(f"has {size:,} bytes, a drill file at most {SIZE_MAX:,}; is it the right file?")
    return content


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DrillError(
            f"is not UTF-8 text (byte 0x{content[error.start]:02x}); save it as UTF-8", line=line
        ) from error
