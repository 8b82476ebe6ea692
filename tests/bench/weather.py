"""Heavy weather, in virtual time: `python -m tests.bench.weather [--trials N] [--seed S] [--minutes M]`.

Ten minutes of jitter just below the time-out, of 5 % loss, and of both, on every link between data nodes and
witnesses, with the default settings under load. Nothing fails, so every failover is a false one. They are
counted here, not judged: TCP sends a lost packet again a fifth of a second later, so two losses in a row
outlast the detector's silence, and 5 % of ten heartbeats a second makes some of those.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.table import Table

from harness.model.verdict import TrialMeasures, Verdict
from tests.bench.measuring import console_width
from tests.worlds.simulator import rehearsals

_SIDES = "[[n1], [n2], [w1], [w2], [w3]]"
_STEPS = {
    "jitter": "  - latency: {sides}\n    delay: 48ms\n    jitter: 47ms\n    until: {seconds:g}s\n",
    "loss": "  - loss: {sides}\n    share: 5%\n    until: {seconds:g}s\n",
}
WEATHERS = {"calm": (), "jitter 1–95 ms": ("jitter",), "loss 5 %": ("loss",), "both": ("jitter", "loss")}
_DRILL = """\
drill: weather
target: reference
load: {{writers: 4, rate: 12.5/s, timeout: 2s}}
steps:
  - wait: {{for: steady, within: 20s}}
{faults}  - hold: {seconds:g}s
expect: {{lost_writes: 0, split_brain: never, stale_reads: 0}}
"""


class Weathered(Struct, frozen=True, kw_only=True):
    """What became of all trials of one weather together. unsafe: measures that failed; none should."""

    weather: str
    minutes: float
    false_failovers: int
    worst: int
    acknowledged: int
    unanswered: int
    slow: int
    lost: int
    unsafe: tuple[str, ...] = ()


def text(faults: Sequence[str], *, seconds: float) -> str:
    """The drill file of a weather, in force for so many virtual seconds."""
    steps = "".join(_STEPS[fault].format(sides=_SIDES, seconds=seconds) for fault in faults)
    return _DRILL.format(faults=steps, seconds=seconds)


def summed(weather: str, verdict: Verdict, *, minutes: float) -> Weathered:
    """minutes: of weather, all trials together."""
    trials = verdict.trials
    # All of them, also those that a checker explains by the weather: no node and no witness was gone.
    return Weathered(
        weather=weather,
        minutes=minutes,
        false_failovers=sum(trial.failovers for trial in trials),
        worst=max((trial.failovers for trial in trials), default=0),
        acknowledged=sum(trial.writes_acknowledged for trial in trials),
        unanswered=sum(trial.writes_unknown + trial.writes_failed for trial in trials),
        slow=sum(trial.slow_writes for trial in trials),
        lost=sum(map(_lost, trials)),
        unsafe=tuple(f"{one.measure} {one.measured}" for one in verdict.findings if one.judgement == "fail"),
    )


def _lost(trial: TrialMeasures) -> int:
    return trial.lost_before_fault + trial.lost_after_fault


def measured(*, trials: int, seed: int, seconds: float) -> Iterator[Weathered]:
    for weather, faults in WEATHERS.items():
        print(f"{weather}, {trials} × {seconds:g} virtual seconds …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            plan = rehearsals.of_text(text(faults, seconds=seconds), Path(folder), seed=seed, trials=trials)
            verdict, _ = rehearsals.judged(plan, Path(folder))
        yield summed(weather, verdict, minutes=trials * seconds / 60)


def table(rows: Sequence[Weathered]) -> Table:
    shown = Table("weather", title="Weather between data nodes and witnesses, default settings")
    for column in ("minutes", "false failovers", "worst trial", "writes", "not ok", "over 0.1 s", "lost"):
        shown.add_column(column, justify="right")
    shown.add_column("unsafe")
    for row in rows:
        counts = (row.false_failovers, row.worst, row.acknowledged, row.unanswered, row.slow, row.lost)
        shown.add_row(row.weather, f"{row.minutes:g}", *(f"{n:,}" for n in counts), ", ".join(row.unsafe))
    return shown


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.weather", description="False failovers, counted."
    )
    parser.add_argument("--trials", type=int, default=3, help="of each weather (default 3)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10.0, help="virtual, of each trial (default 10)")
    args = parser.parse_args(words)
    rows = list(measured(trials=args.trials, seed=args.seed, seconds=args.minutes * 60))
    Console(width=console_width()).print(table(rows))
    return int(any(row.unsafe for row in rows))


if __name__ == "__main__":
    sys.exit(main())
