"""Runs the sections and shows what they measured, as a table or as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

import msgspec
from rich.console import Console
from rich.table import Table

from tests.bench.measuring import QUICK, Row, Scale
from tests.bench.sections import SECTIONS


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What it costs.")
    parser.add_argument(
        "sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; default all"
    )
    parser.add_argument("--json", action="store_true", help="rows as JSON, for machines")
    parser.add_argument("--quick", action="store_true", help="small sizes, once: a look, not a measurement")
    args = parser.parse_args(words)
    unknown = [name for name in args.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"there is no section '{unknown[0]}'; there are {', '.join(SECTIONS)}")
    rows = list(measured(args.sections or [*SECTIONS], QUICK if args.quick else Scale()))
    if args.json:
        sys.stdout.write(f"{msgspec.json.format(msgspec.json.encode(rows)).decode()}\n")
    else:
        Console().print(table(rows))
    return 0


def measured(names: Sequence[str], scale: Scale) -> Iterator[Row]:
    for name in names:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        yield from SECTIONS[name](scale)


def table(rows: Sequence[Row]) -> Table:
    shown = Table("section", "what", title="CPU seconds of the best of a few")
    for column in ("seconds", "a second", "ratio"):
        shown.add_column(column, justify="right")
    shown.add_column("note")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} × {row.ratio_to}"
        per_s = f"{row.per_s:,.0f} {row.unit}"
        shown.add_row(row.section, row.what, f"{row.seconds:.3f}", per_s, ratio, row.note)
    return shown


if __name__ == "__main__":
    sys.exit(main())
