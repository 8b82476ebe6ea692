"""The simulator: virtual seconds and events a second, whole drills with conductor and journal."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.measuring import Row, Scale, timed
from tests.worlds.simulator.rehearsals import DRILLS, planned, run

_OPERATIONS_A_VIRTUAL_S = 200


def measure(scale: Scale) -> list[Row]:
    return [row for drill in ("calm", "kill-primary") for row in _drill(drill, scale)]


def _drill(name: str, scale: Scale) -> list[Row]:
    """As many trials as make about a tenth of the smallest size in operations."""
    trials = max(1, min(scale.sizes) // 10 // _OPERATIONS_A_VIRTUAL_S // (30 if name == "calm" else 4))
    plan, turn = planned(DRILLS / f"{name}.yaml", trials=trials), iter(range(1_000))
    with tempfile.TemporaryDirectory() as folder:
        seconds, world = timed(lambda: run(plan, Path(folder) / f"{next(turn)}"), repeats=scale.repeats)
    acts, virtual_s = world.timeline.count, world.now_s()
    note = f"{acts / virtual_s:,.0f} events a virtual second"
    return [
        Row(section="simulator", what=name, count=round(virtual_s), unit="virtual s", seconds=seconds),
        Row(section="simulator", what=name, count=acts, unit="events", seconds=seconds, note=note),
    ]
