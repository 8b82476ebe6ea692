"""Every section by its name. One line adds one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.bench import checkers, conductor, journal, simulator
from tests.bench.measuring import Row, Scale

SECTIONS: dict[str, Callable[[Scale], Sequence[Row]]] = {
    "journal": journal.measure,
    "checkers": checkers.measure,
    "conductor": conductor.measure,
    "simulator": simulator.measure,
}
