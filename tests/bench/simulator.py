"""The simulator: virtual seconds and events a second, with conductor, journal and every invariant on."""

from __future__ import annotations

import tempfile
from pathlib import Path

from harness.model.plan import Plan
from tests.bench.measuring import Row, Scale, timed
from tests.worlds.simulator.rehearsals import DRILLS, of_text, planned, run

_OPERATIONS_A_VIRTUAL_S = 200
# Two data nodes, three witnesses, router, two clients: 50 writes and 20 reads a second in all.
_FLAGSHIP = """\
drill: flagship
target: reference
settings: {{reference: {{detector: {{interval: 100ms, timeout: 100ms, threshold: 3}}}}}}
load: {{writers: 2, rate: 25/s, readers: 2, read_rate: 10/s}}
steps:
  - wait: {{for: steady, within: 20s}}
  - hold: {hold_s}s
expect: {{lost_writes: 0}}
"""


def measure(scale: Scale) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        hold_s = max(2, min(scale.sizes) // 1000)
        flagship = of_text(_FLAGSHIP.format(hold_s=hold_s), Path(folder))
        rows = _measured("50 writes a second", flagship, scale)
    return rows + [row for drill in ("calm", "kill-primary") for row in _drill(drill, scale)]


def _drill(name: str, scale: Scale) -> list[Row]:
    """As many trials as make about a tenth of the smallest size in operations."""
    trials = max(1, min(scale.sizes) // 10 // _OPERATIONS_A_VIRTUAL_S // (30 if name == "calm" else 4))
    return _measured(name, planned(DRILLS / f"{name}.yaml", trials=trials), scale)


def _measured(name: str, plan: Plan, scale: Scale) -> list[Row]:
    turn = iter(range(1_000))
    with tempfile.TemporaryDirectory() as folder:
        seconds, world = timed(lambda: run(plan, Path(folder) / f"{next(turn)}"), repeats=scale.repeats)
    acts, virtual_s = world.timeline.count, world.now_s()
    note = f"{acts / virtual_s:,.0f} events a virtual second"
    return [
        Row(section="simulator", what=name, count=round(virtual_s), unit="virtual s", seconds=seconds),
        Row(section="simulator", what=name, count=acts, unit="events", seconds=seconds, note=note),
    ]
