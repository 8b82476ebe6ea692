"""What a damaged file means, and what a person does about it. Knows no format but the sealed small file.

A sealed file begins with the digest of the rest, so no flipped byte and no missing end goes unnoticed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

_DIGEST = 64


class DamagedError(Exception):
    """The text names the file, what is wrong with it, and what to do."""

    def __init__(self, file: Path, wrong: str, remedy: str) -> None:
        super().__init__(f"{file} is damaged: {wrong}. {remedy}")


def sealed(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def unsealed(file: Path, remedy: str) -> bytes:
    """What was sealed. Raises DamagedError when that is not what the file holds."""
    try:
        whole = file.read_bytes()
    except OSError as error:
        raise DamagedError(file, f"it cannot be read ({error.strerror})", remedy) from error
    content = whole[_DIGEST + 1 :]
    if whole != sealed(content):
        raise DamagedError(file, f"its {len(whole)} bytes are not what was written", remedy)
    return content
