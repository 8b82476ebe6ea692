"""Brings stacks up one after the other, measures on each, and prints the tables."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from rich.console import Console
from rich.table import Table

from harness import setup
from harness.model.errors import ExitCode, HarnessError
from tests.bench.containers import figures, heartbeats, starved, writes
from tests.bench.containers.stack import MeasuredStack, stack
from tests.bench.measuring import console_width

SECTIONS = ("writes", "heartbeats", "starved")
_LEVEL_S, _HEARTBEATS_S, _STARVED_S = 2.0, 10.0, 60.0
_QUICK_LEVEL_S, _QUICK_HEARTBEATS_S, _QUICK_STARVED_S = 0.3, 1.0, 10.0


class _Bench:
    """sections: of SECTIONS. The stack of the default interval is measured for all of them in turn."""

    def __init__(self, sections: Sequence[str], *, quick: bool) -> None:
        self._sections, self._quick = sections, quick
        self._costs: list[figures.Cost] = []
        self.tables: list[Table] = []

    def run(self) -> None:
        for interval_ms in heartbeats.INTERVALS_MS:
            if "heartbeats" in self._sections or interval_ms == heartbeats.COMPARED_MS:
                _say(f"a stack with heartbeats every {interval_ms} ms …")
                with stack(interval_ms) as on:
                    self._measure(on, interval_ms)
        if self._costs:
            self.tables.append(figures.heartbeats_table(self._costs, compared_ms=heartbeats.COMPARED_MS))

    def _measure(self, on: MeasuredStack, interval_ms: int) -> None:
        if "heartbeats" in self._sections:
            seconds = _QUICK_HEARTBEATS_S if self._quick else _HEARTBEATS_S
            self._costs.append(heartbeats.measure(on, seconds=seconds))
        if interval_ms != heartbeats.COMPARED_MS:
            return
        if "writes" in self._sections:
            seconds = _QUICK_LEVEL_S if self._quick else _LEVEL_S
            self.tables.append(figures.writes_table(writes.measure(on, seconds=seconds, say=_say)))
        if "starved" in self._sections:
            seconds = _QUICK_STARVED_S if self._quick else _STARVED_S
            self.tables.append(figures.starved_table(starved.measure(on, seconds=seconds, say=_say)))


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.containers", description="The reference stack in containers, measured."
    )
    parser.add_argument(
        "sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; default all"
    )
    parser.add_argument("--quick", action="store_true", help="short loads: a look, not a measurement")
    args = parser.parse_args(words)
    unknown = [name for name in args.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"there is no section '{unknown[0]}'; there are {', '.join(SECTIONS)}")
    # Ended like an interrupt: what was started is removed on the way out.
    signal.signal(signal.SIGTERM, _interrupt)
    return _measured(_Bench(args.sections or SECTIONS, quick=args.quick))


def _measured(bench: _Bench) -> int:
    """What was measured before something broke is shown."""
    if hindrance := setup.ready(("reference",)):
        _say(f"{hindrance}\n  `failover-drill doctor` shows everything that runs need")
        return ExitCode.BROKEN_SURROUNDINGS
    code = ExitCode.PASS
    try:
        bench.run()
    except HarnessError as error:
        _say(f"{error}")
        code = ExitCode.BROKEN_SURROUNDINGS
    except KeyboardInterrupt:
        _say("interrupted; everything that was started is removed")
        code = ExitCode.INTERRUPTED
    for table in bench.tables:
        Console(width=console_width()).print(table)
    return code


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
