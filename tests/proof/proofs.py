"""Every proof by its name. One line adds one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.checkers import truthful
from tests.worlds.simulator import cleanruns

# A case's number -> a line for everything that is wrong with it.
PROOFS: dict[str, tuple[str, Callable[[int], Sequence[str]]]] = {
    "truth": ("failovers of known truth, every figure's interval", truthful.wrong_of),
    "clean": ("clean simulated runs with random settings, false alarms", cleanruns.alarms),
}
CASES = 1000
