"""The journal: written, read and judged, against plain decoding of the same bytes in the same run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from harness import journalfile
from harness.journalfile import Journal, Writer, no_collection
from harness.judge import judge
from harness.model.journal import Entry
from tests.bench.measuring import Row, Scale, timed
from tests.bench.runs import a_big_run, judged_by

DECODER: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)


def measure(scale: Scale) -> list[Row]:
    return [row for size in scale.sizes for row in _of_size(size, scale.repeats)]


def _of_size(size: int, repeats: int) -> Iterator[Row]:
    journal = a_big_run(size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        write_s, _ = timed(lambda: _write(journal, path), repeats=repeats)
        data = path.read_bytes()
        plain_s, _ = timed(lambda: decoded(data), repeats=repeats)
        read_s, read = timed(lambda: journalfile.read(path), repeats=repeats)
    judge_s, verdict = timed(lambda: judge(judged_by(size), read), repeats=repeats)
    assert verdict.judgement == "pass", [f for f in verdict.findings if f.judgement != "pass"]
    row = _row(size, plain_s)
    yield row("decode with msgspec alone", plain_s, f"{len(data) / 1e6:.0f} MB")
    yield row("write", write_s, "")
    yield row("read", read_s, "")
    yield row("judge", judge_s, f"{len(verdict.trials)} trials")


def _row(size: int, plain_s: float) -> Callable[[str, float, str], Row]:
    def row(what: str, seconds: float, note: str) -> Row:
        return Row(
            section="journal",
            what=f"{what} {size:,}",
            count=size,
            unit="operations",
            seconds=seconds,
            ratio=seconds / plain_s if plain_s else None,
            ratio_to="decoding",
            note=note,
        )

    return row


def decoded(data: bytes) -> list[Entry]:
    """What the lines of a journal are, and nothing else: neither its header nor its count at the end."""
    first, last = data.index(b"\n") + 1, data.rindex(b"\n", 0, -1) + 1
    with no_collection():
        return list(DECODER.decode_lines(data[first:last]))


def _write(journal: Journal, path: Path) -> None:
    path.unlink(missing_ok=True)
    with Writer(path) as writer:
        for entry in journal.entries:
            writer.append(entry)
