"""What clients ask, and what they are answered."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from targets.reference.machines.words.nouns import Name, Number


class Write(Struct, frozen=True, tag=True):
    request: Number
    key: str
    value: str


class Read(Struct, frozen=True, tag=True):
    request: Number
    key: str


class ReadAll(Struct, frozen=True, tag=True):
    """Every acknowledged value that begins with the prefix, in log order."""

    request: Number
    prefix: str


class Reply(Struct, frozen=True, tag=True):
    """outcome fail: certainly not applied (not primary, no lease, refused); unknown: it may be."""

    request: Number
    outcome: Literal["ok", "fail", "unknown"]
    node: Name
    epoch: Number
    value: str = ""
    values: tuple[str, ...] = ()
    error: str = ""
