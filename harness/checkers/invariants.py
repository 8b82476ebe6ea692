"""Did the target's protocol keep its invariants? Says nothing where no model of the truth watched."""

from __future__ import annotations

from collections.abc import Sequence

from harness.checkers.figures import at, few
from harness.model.event import Violated, Watched
from harness.model.journal import Entry, TrialBegan
from harness.model.verdict import Finding


def check(entries: Sequence[Entry]) -> list[Finding]:
    """One finding, or none where nobody watched."""
    watched = {name for entry in entries if isinstance(entry, Watched) for name in entry.invariants}
    broken = [entry for entry in entries if isinstance(entry, Violated)]
    if not watched and not broken:
        return []
    names = dict.fromkeys(entry.invariant for entry in broken)
    return [
        Finding(
            measure="invariants",
            judgement="fail" if broken else "pass",
            measured=f"{len(names)} of {len(watched | set(names))} broken" + _named(names),
            bound="none",
            trial=_trial(entries),
            evidence=few([f"{at(e.at_s)}: {e.invariant}: {e.detail}" for e in broken]),
        )
    ]


def _named(names: dict[str, None]) -> str:
    return f": {', '.join(names)}" if names else ""


def _trial(entries: Sequence[Entry]) -> int:
    """In which the first one broke; 0 when none did, or before the first trial."""
    trial = 0
    for entry in entries:
        if isinstance(entry, TrialBegan):
            trial = entry.trial
        elif isinstance(entry, Violated):
            return trial
    return 0
