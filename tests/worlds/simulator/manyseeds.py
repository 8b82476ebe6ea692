"""Short drills of every fault there is, alone and in pairs, one a seed: prints a digest of each journal.

python -m tests.worlds.simulator.manyseeds SEEDS FOLDER
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from tests.worlds.simulator.rehearsals import of_text, run

_DRILL = """\
drill: short
target: reference
load: {{writers: 2, rate: 20/s, readers: 1, read_rate: 10/s}}
steps:
  - wait: {{for: steady, within: 20s}}
{faults}
  - hold: 500ms
expect: {{lost_writes: 0}}
"""
_WHOM = ("primary", "standby", "witness/1")
_OF_ONE = (
    "kill: {}",
    "kill: {}; scope: host",
    "stop: {}",
    "pause: {}",
    "pause: {}; scope: host",
    "disk: {}; does: stall",
    "disk: {}; does: fail",
    "disk: {}; does: lose",
    "clock: {}; rate: 1.0008",
    "isolate: {}; how: drop",
    "isolate: {}; how: refuse",
    "isolate: {}; how: stall",
    "isolate: {}; how: loss",
    "latency: [[{}], rest]; delay: 20ms; jitter: 15ms",
    "loss: [[{}], rest]; share: 10%",
)
_TIMES = "; at: 50ms..300ms; until: 600ms"
FAULTS = (
    *(f"restart: {whom}; at: 50ms..300ms" for whom in _WHOM),
    *(fault.format(whom) + _TIMES for fault in _OF_ONE for whom in _WHOM),
    "crash: witnesses; before: {receives: Heartbeat, nth: 7}; until: 300ms",
    "pause: router" + _TIMES,
    "switchover: {to: standby}; at: 50ms..300ms",
)


def text(seed: int) -> str:
    """Each fault alone at first, then each with another one that comes at about the same time."""
    first = FAULTS[seed % len(FAULTS)]
    second = FAULTS[(seed * 7 + seed // len(FAULTS)) % len(FAULTS)]
    faults = [first] if seed < len(FAULTS) or first == second else [first, second]
    return _DRILL.format(faults="\n".join(map(_step, faults)))


def _step(fault: str) -> str:
    return "\n".join(f"  {'  ' if n else '- '}{word}" for n, word in enumerate(fault.split("; ")))


def main(seeds: int, folder: Path) -> None:
    for seed in range(seeds):
        journal = folder / f"{seed}.jsonl"
        run(of_text(text(seed), folder, seed=seed), journal)
        print(seed, hashlib.sha256(journal.read_bytes()).hexdigest(), text(seed).count("  - "))
        journal.unlink()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
