"""Defects × drills: what was tried to prove that the drills can see, and what came of it. Runs nothing.

A cell is one defect and one drill, or no defect at all: the sound controller has to pass every drill that is
used against a defect, or what the drill finds proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from harness.model.drill import Json
from harness.model.verdict import Finding, Judgement, Verdict

SOUND: Final = ""

Outcome = Literal["found", "not found", "unknown", "not applicable"]


Breaks = Literal["safety", "liveness"]


class Proof(Struct, frozen=True, kw_only=True):
    """Which drills of the catalogue have to find a defect. not_in: world -> why it cannot show there.

    breaks: safety, which any search has to find as well, or only how fast the cluster serves again, if ever.
    needs: setting -> the values with which it can show; empty: with any.
    """

    drills: tuple[str, ...]
    not_in: Mapping[str, str] = {}
    breaks: Breaks = "safety"
    needs: Mapping[str, Sequence[Json]] = {}


class Cell(Struct, frozen=True, kw_only=True):
    """A defect, or SOUND, in a drill. Of SOUND `not found` is what it has to be: nothing is wrong.

    trials, seed: what was run; 0 trials where nothing was. findings: those that failed, or were not known.
    reason: why it is not applicable, or what broke.
    """

    defect: str
    drill: str
    outcome: Outcome
    trials: int = 0
    seed: int = 0
    findings: tuple[Finding, ...] = ()
    reason: str = ""


class Table(Struct, frozen=True, kw_only=True):
    """All cells of one world. defects: name -> what is broken, in the order in which they are told."""

    world: str
    target: str
    defects: dict[str, str]
    cells: tuple[Cell, ...]
    seconds: float = 0.0

    def of(self, defect: str) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.defect == defect)

    def row(self, defect: str) -> Outcome:
        """Of all its drills: one that finds it is enough."""
        outcomes = {cell.outcome for cell in self.of(defect)}
        for outcome in _BY_WEIGHT:
            if outcome in outcomes:
                return outcome
        return "unknown"

    @property
    def judgement(self) -> Judgement:
        """pass: each defect that can show is found, and the sound one passes every drill that found one."""
        sound = {cell.outcome for cell in self.of(SOUND)}
        rows = {self.row(defect) for defect in self.defects}
        if "found" in sound or "not found" in rows:
            return "fail"
        return "unknown" if "unknown" in sound | rows else "pass"


_BY_WEIGHT: tuple[Outcome, ...] = ("found", "unknown", "not found", "not applicable")


def cell_of(
    defect: str, drill: str, verdicts: Sequence[Verdict], *, trials: int, seed: int, reason: str = ""
) -> Cell:
    """From the verdicts of its runs, the last of which decides when it found something."""
    failed = [f for verdict in verdicts for f in verdict.findings if f.judgement == "fail"]
    doubtful = [f for verdict in verdicts for f in verdict.findings if f.judgement == "unknown"]
    outcome: Outcome = "found" if failed else "unknown" if doubtful or not verdicts else "not found"
    return Cell(
        defect=defect,
        drill=drill,
        outcome=outcome,
        trials=trials,
        seed=seed,
        findings=tuple(failed or doubtful),
        reason=reason,
    )
