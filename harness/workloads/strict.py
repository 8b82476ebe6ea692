"""Decoding what somebody else has sent: a value of the right kind, or a ValueError, whatever was wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

_T = TypeVar("_T")
_Bytes = bytes | bytearray | msgspec.Raw


def decoded(decode: Callable[[_Bytes], _T], body: _Bytes) -> _T:
    """Raises ValueError. Of msgspec's own errors that is true only since 0.20, and Debian has an older one;
    what is nested without an end is a RecursionError in all of them.
    """
    try:
        return decode(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"{error}") from error
