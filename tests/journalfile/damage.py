"""What becomes of files: cut, altered, moved, lost, doubled. A number is a damage, always the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from zlib import crc32

from harness.journalfile.lines import opened

Damage = Callable[[Random, bytes], bytes]


def damaged(draw: Random, data: bytes) -> tuple[str, bytes]:
    """(what was done, the file after it): once, twice, or more often."""
    name = draw.choice([*DAMAGES])
    for _ in range(draw.choice((1, 1, 1, 2, 5))):
        data = DAMAGES[name](draw, data)
    return name, data


def aged(data: bytes) -> bytes:
    """As the version before wrote it: without seals, and a footer that only counts."""
    data = re.sub(rb',"seal":"\d+\.[0-9a-f]{8}"', b"", data)
    data = re.sub(rb',"sum":"[0-9a-f]{8}"', b"", data)
    return data.replace(b'"version":2', b'"version":1', 1)


def _cut(draw: Random, data: bytes) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


def _cut_at_a_line(draw: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(lines[: draw.randrange(len(lines) + 1)])


def _beheaded(draw: Random, data: bytes) -> bytes:
    return data[draw.randrange(len(data) + 1) :]


def _flipped(draw: Random, data: bytes) -> bytes:
    altered = bytearray(data)
    if altered:
        altered[draw.randrange(len(altered))] ^= 1 << draw.randrange(8)
    return bytes(altered)


def _block_of_zeros(draw: Random, data: bytes) -> bytes:
    """What a file system leaves of a write that a power cut met."""
    at = draw.randrange(len(data) + 1)
    return data[:at] + bytes(min(draw.choice((16, 512, 4096)), len(data) - at)) + data[at + 4096 :]


def _number_altered(draw: Random, data: bytes) -> bytes:
    """A line that is an entry still, of another time or epoch."""
    digits = [*re.finditer(rb"\d", data[: 1 << 20])]
    if not digits:
        return data
    at = draw.choice(digits).start()
    return data[:at] + b"%d" % draw.randrange(10) + data[at + 1 :]


def _line_lost(draw: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    at = draw.randrange(len(lines) + 1)
    return b"".join(lines[:at] + lines[at + draw.choice((1, 1, 20)) :])


def _line_doubled(draw: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if lines:
        lines.insert(draw.randrange(len(lines) + 1), draw.choice(lines))
    return b"".join(lines)


def _lines_moved(draw: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if lines:
        lines.insert(draw.randrange(len(lines)), lines.pop(draw.randrange(len(lines))))
    return b"".join(lines)


def _shuffled(draw: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    draw.shuffle(lines)
    return b"".join(lines)


def _garbage(draw: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    lines.insert(draw.randrange(len(lines) + 1), draw.randbytes(draw.randint(0, 200)) + b"\n")
    return b"".join(lines)


def _one_lost_one_doubled(draw: Random, data: bytes) -> bytes:
    return _line_doubled(draw, _line_lost(draw, data))


def _another_behind(draw: Random, data: bytes) -> bytes:
    """Two runs of one drill in one file, as a copy may leave them: the values are the same, no time is."""
    lines = data.splitlines(keepends=True)
    return b"".join([*lines[: draw.randrange(len(lines) + 1)], *map(of_another, lines)])


def of_another(line: bytes) -> bytes:
    """The same, in another second, with a seal that holds."""
    whole = opened(line.rstrip(b"\n"))
    if whole is None:
        return line
    text = re.sub(rb'(_s":)(\d)', rb"\g<1>1\2", whole.text)[:-1]
    return b'%b,"seal":"%d.%08x"}\n' % (text, whole.number, crc32(text, whole.number))


DAMAGES: dict[str, Damage] = {
    "cut": _cut,
    "cut at a line": _cut_at_a_line,
    "beheaded": _beheaded,
    "bits flipped": _flipped,
    "zeros": _block_of_zeros,
    "a number altered": _number_altered,
    "lines lost": _line_lost,
    "lines doubled": _line_doubled,
    "lines moved": _lines_moved,
    "shuffled": _shuffled,
    "garbage": _garbage,
    "one lost, one doubled": _one_lost_one_doubled,
    "another behind it": _another_behind,
}
