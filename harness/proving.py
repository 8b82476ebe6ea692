"""Defects × drills, tried: which pairs there are, run in batches until one fails. Knows no world by name.

A defect is looked for in few trials first, since most show at once, and in more of them with other seeds when
they do not; the sound controller gets all of them in every drill that is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from harness import planner
from harness.model.drill import Drill
from harness.model.errors import DrillError
from harness.model.plan import Plan
from harness.model.proof import SOUND, Cell, Outcome, Proof, cell_of
from harness.model.verdict import Verdict
from harness.seams import Target

# Trials of one run after the other, each with its own seed.
BATCHES = (1, 3, 6)
UNDRILLED = "no drill of the catalogue looks for it"

# Runs a plan to its verdict; raises HarnessError.
Run = Callable[[Plan], Verdict]


class Pair(Struct, frozen=True, kw_only=True):
    """A defect, or SOUND, and a drill. plans: one a batch; none where reason says why it cannot be tried."""

    defect: str
    drill: str
    plans: tuple[Plan, ...] = ()
    reason: str = ""


def pairs(
    target: Target,
    proofs: Mapping[str, Proof],
    drills: Mapping[str, Drill],
    *,
    world: str,
    seed: int,
    batches: Sequence[int] = BATCHES,
) -> list[Pair]:
    """Every drill that is used with the sound controller first, then every defect with its drills."""
    made = [
        _pair(target, drills[drill], defect, proof, world=world, seed=seed, batches=batches)
        for defect, proof in proofs.items()
        for drill in proof.drills
    ]
    used = dict.fromkeys(pair.drill for pair in made if pair.plans)
    sound = [
        Pair(
            defect=SOUND,
            drill=drill,
            plans=(_plan(target, drills[drill], SOUND, world=world, seed=seed, trials=sum(batches)),),
        )
        for drill in used
    ]
    undrilled = [Pair(defect=name, drill="", reason=UNDRILLED) for name, p in proofs.items() if not p.drills]
    return [*sound, *made, *undrilled]


def prove(pair: Pair, run: Run) -> Cell:
    """Batch after batch, until one fails. Raises what `run` raises."""
    if not pair.plans:
        outcome: Outcome = "not applicable" if pair.drill else "unknown"
        return Cell(defect=pair.defect, drill=pair.drill, outcome=outcome, reason=pair.reason)
    verdicts: list[Verdict] = []
    for plan in pair.plans:
        verdicts.append(run(plan))
        if verdicts[-1].judgement == "fail":
            break
    tried = pair.plans[: len(verdicts)]
    trials = sum(len(plan.trials) for plan in tried)
    return cell_of(pair.defect, pair.drill, verdicts, trials=trials, seed=tried[-1].seed)


def _pair(
    target: Target,
    drill: Drill,
    defect: str,
    proof: Proof,
    *,
    world: str,
    seed: int,
    batches: Sequence[int],
) -> Pair:
    """What the planner refuses in this world cannot be tried there, and it says why."""
    if world in proof.not_in:
        return Pair(defect=defect, drill=drill.name, reason=proof.not_in[world])
    try:
        plans = tuple(
            _plan(target, drill, defect, world=world, seed=seed + batch, trials=trials)
            for batch, trials in enumerate(batches)
        )
    except DrillError as error:
        return Pair(defect=defect, drill=drill.name, reason=error.problem)
    return Pair(defect=defect, drill=drill.name, plans=plans)


def _plan(target: Target, drill: Drill, defect: str, *, world: str, seed: int, trials: int) -> Plan:
    return planner.plan(drill, target, world=world, seed=seed, trials=trials, defect=defect)
