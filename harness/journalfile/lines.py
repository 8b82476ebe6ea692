"""The lines of a journal: JSON, with a seal at the end that says which it is and what it was written as.

    {"type":"woke","wake_id":"w3","at_s":1.5,"seal":"17.4f0a9c31"}

The seal is for accidents, not for forgers: a disk, a copy, an editor that altered, lost, doubled or moved
a line.
"""

from __future__ import annotations

import re
from zlib import crc32

import msgspec
from msgspec import Struct

from harness.model.journal import Entry

VERSION = 2
_SEAL = re.compile(rb',"seal":"(\d{1,15})\.([0-9a-f]{8})"\}')
_SEAL_MAX = 40  # bytes


class Header(Struct, frozen=True):
    """The first line: what this file is. The only one without a seal: it must be read to know of seals."""

    journal: str
    version: int


class Footer(Struct, frozen=True, forbid_unknown_fields=True):
    """The last line, once the run is over. sum: over all bytes before it."""

    entries: int
    sum: str


class Line(Struct, frozen=True):
    """A line whose seal holds. text: without it."""

    number: int
    text: bytes


HEADER = Header("failover-drill", VERSION)
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_ENCODER = msgspec.json.Encoder()
ENTRY: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)
_HEADER = msgspec.json.Decoder(Header)
_FOOTER = msgspec.json.Decoder(Footer)


def sealed(number: int, entry: Entry | Footer) -> bytes:
    """The whole line, its end included."""
    text = _ENCODER.encode(entry)[:-1]
    return b'%b,"seal":"%d.%08x"}\n' % (text, number, crc32(text, number & 0xFFFFFFFF))


def opened(line: bytes) -> Line | None:
    """None: it is not what was written."""
    found = _SEAL.fullmatch(line, max(len(line) - _SEAL_MAX, line.rfind(b',"seal":"'), 0))
    if found is None:
        return None
    text, number = line[: found.start()], int(found[1])
    return Line(number, text + b"}") if crc32(text, number & 0xFFFFFFFF) == int(found[2], 16) else None


def sum_of(data: bytes | bytearray | memoryview, before: int = 0) -> int:
    return crc32(data, before)


def header_of(line: bytes) -> Header | None:
    try:
        header = _HEADER.decode(line)
    except UNREADABLE:
        return None
    return header if header.journal == HEADER.journal else None


def footer_of(line: Line) -> Footer | None:
    try:
        footer = _FOOTER.decode(line.text)
    except UNREADABLE:
        return None
    return footer if footer.entries == line.number - 1 else None


def entry_of(line: Line) -> Entry | None:
    """None: of a kind that this failover-drill does not know."""
    try:
        return ENTRY.decode(line.text)
    except UNREADABLE:
        return None
