"""Every section by its name. One line adds one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.bench import checkers, conductor, journal, linear, simulator, whole
from tests.bench.measuring import Row, Scale

SECTIONS: dict[str, Callable[[Scale], Sequence[Row]]] = {
    "journal": journal.measure,
    "whole": whole.measure,
    "checkers": checkers.measure,
    "linear": linear.measure,
    "conductor": conductor.measure,
    "simulator": simulator.measure,
}
