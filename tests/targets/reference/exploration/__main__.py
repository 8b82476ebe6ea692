"""Searches every scope to its end, and shows what each defect breaks: `python -m <this package>`.

A quarter of an hour of one core, most of it for the last two scopes. Each search is a process of its own.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor

from targets.reference.defects import DEFECTS
from tests.targets.reference.exploration.exploring import Row, measured, name
from tests.targets.reference.exploration.scope import Scope
from tests.targets.reference.exploration.scopes import ALL, SEEN_IN, SEEN_LATE
from tests.targets.reference.exploration.search import Found


def main() -> int:
    ok = True
    print(f"{'scope':62} {'states':>9} {'steps':>9} {'depth':>5} {'CPU s':>6} {'MB':>5}")
    with ProcessPoolExecutor(1, max_tasks_per_child=1) as one_by_one:
        for scope in ALL:
            row = one_by_one.submit(measured, scope).result()
            ok = _shown(name(scope), row).closed and ok
            for step in row.found.steps:
                print(f"    {step}")
        print()
        for defect, (scope, violation) in {**SEEN_IN, **SEEN_LATE}.items():
            assert defect in DEFECTS
            for reduces in (False, True) if defect in SEEN_IN and isinstance(scope, Scope) else (True,):
                row = one_by_one.submit(measured, scope, defect, reduces=reduces).result()
                ok = violation in _shown(f"{defect} in {name(scope)}", row).violation and ok
    return 0 if ok else 1


def _shown(what: str, row: Row) -> Found:
    found = row.found
    figures = f"{found.states:9} {found.transitions:9} {found.depth:5} {row.cpu_s:6.1f} {row.memory_mb:5.0f}"
    print(f"{what:62} {figures}  {_end(found)}", flush=True)
    return found


def _end(found: Found) -> str:
    if found.violation:
        return f"BROKEN after {len(found.steps)} steps: {found.violation}"
    return "closed, holds" if found.closed else "not closed"


if __name__ == "__main__":
    sys.exit(main())
