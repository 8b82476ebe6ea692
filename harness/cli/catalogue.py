"""drills: the catalogue, and where each of it runs. What a drill does, `plan` shows."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from harness import drillfile, planner
from harness.cli import worlds
from harness.cli.arguments import Namespace
from harness.cli.drills import DRILLS, find_target
from harness.cli.streams import look, show, write_out
from harness.model.drill import Drill
from harness.model.errors import DrillError, ExitCode
from harness.seams import Target
from reports.machine import encode


class Row(Struct, frozen=True, kw_only=True):
    """worlds: those in which this drill can be planned on that target; none where it cannot."""

    name: str
    target: str
    worlds: tuple[str, ...]
    story: str


def drills(args: Namespace) -> ExitCode:
    """Every drill in a line, by the target that it was written for; or those that run on one target."""
    rows = list(_on(find_target(args.target)) if args.target else _all())
    if args.json:
        write_out(encode(rows))
    else:
        from reports.plain import sections

        targets = dict.fromkeys(row.target for row in rows)
        parts = [(name, [_line(row) for row in rows if row.target == name]) for name in targets]
        show(sections([*parts, ("suites", _suites())], look()))
    return ExitCode.PASS


def _all() -> Iterator[Row]:
    for drill in _catalogue():
        yield _row(drill, find_target(drill.target))


def _on(target: Target) -> Iterator[Row]:
    """What else was written for another one, and asks only for what this one offers."""
    rows = (_row(drill, target) for drill in _catalogue())
    return (row for row in rows if row.worlds)


def _catalogue() -> Iterator[Drill]:
    for file in sorted(DRILLS.glob("*.yaml")):
        yield from drillfile.read_all([file], DRILLS)


def _row(drill: Drill, target: Target) -> Row:
    those = tuple(world for world in worlds.WORLDS if _runs(drill, target, world))
    return Row(name=drill.name, target=target.name, worlds=those, story=" ".join(drill.story.split()))


def _runs(drill: Drill, target: Target, world: str) -> bool:
    try:
        worlds.must_take(world, target.name)
        planner.plan(drill, target, world=world, seed=1, trials=1, defect="")
    except DrillError:
        return False
    return True


def _line(row: Row) -> tuple[str, str]:
    """The story's first sentence; a world is named where it is the only one."""
    first = f"{row.story.split('. ')[0].rstrip('.')}."
    return row.name, first if len(row.worlds) != 1 else f"{first} ({row.worlds[0]} only)"


def _suites() -> list[tuple[str, str]]:
    suites = (
        (file.stem, drillfile.read_all([file], DRILLS)) for file in sorted(DRILLS.glob("suites/*.yaml"))
    )
    return [(name, ", ".join(drill.name for drill in drills)) for name, drills in suites]
