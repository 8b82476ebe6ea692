"""Whether a world and a target show the moment that a step counts from. Refused before anything starts."""

from __future__ import annotations

import difflib

from harness.model.drill import Trigger
from harness.model.errors import DrillError
from harness.model.moment import TELLS
from harness.planner.offers import WORLDS_INSIDE
from harness.seams import Target

_NAMED_MAX = 12


def check_moment(on: Trigger, target: Target, world: str, field: str) -> None:
    """field: of the block. Raises DrillError without a path."""
    if on.act != TELLS and world not in WORLDS_INSIDE:
        inside = " or ".join(f"--world {name}" for name in sorted(WORLDS_INSIDE))
        raise DrillError(
            f"the world {world} does not see what a host {on.act}, only what it tells; "
            f"count from a phase, like on: decided, or run it with {inside}",
            field=f"{field}.{on.act}",
        )
    check_act(on.act, on.what, target, field)


def check_act(act: str, what: str, target: Target, field: str) -> None:
    """Raises DrillError when the target's machines do nothing of the kind."""
    offered = target.moments()
    if act not in offered:
        raise DrillError(
            f"the target {target.name} shows nothing that it {act}; it shows what it {', '.join(offered)}",
            field=f"{field}.{act}",
        )
    if what not in offered[act]:
        words = sorted(offered[act])
        near = difflib.get_close_matches(what, words, n=1, cutoff=0.5)
        named = words[:_NAMED_MAX] + (["…"] if len(words) > _NAMED_MAX else [])
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(named)}"
        raise DrillError(f"no host of {target.name} ever {act} '{what}'; {hint}", field=f"{field}.{act}")
