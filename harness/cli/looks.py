"""doctor, setup, clean, targets: what is there, and what could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cli.arguments import Namespace
from harness.cli.streams import look, show, write_error, write_out
from harness.model.errors import ExitCode
from reports.machine import encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.model.plan import Bound
    from harness.seams import Target


def doctor(args: Namespace) -> ExitCode:
    """0 when drills can run, 3 when something that they need is missing."""
    from harness.setup.doctor import checks
    from reports.plain import doctor as table

    usual, others = _recipes()
    found = checks(usual, others)
    if args.json:
        write_out(encode(found))
    else:
        show(table(found, look()))
    can_run = all(check.ok or not check.needed for check in found)
    return ExitCode.PASS if can_run else ExitCode.BROKEN_SURROUNDINGS


def setup(args: Namespace) -> ExitCode:
    """Make what is missing, saying each step."""
    from harness.cli.drills import recipes_of
    from harness.setup import prepare

    usual, others = _recipes()
    named = recipes_of(args.target)
    prepare(_say, (*usual, *others) if args.all else tuple(dict.fromkeys((*usual, *named))))
    _say("everything that drills need is there")
    return ExitCode.PASS


def clean(args: Namespace) -> ExitCode:
    """Remove what ended runs left."""
    from harness.worlds.docker.clean import clean as remove

    removed = remove(_say)
    _say(f"{removed} removed" if removed else "nothing was left")
    return ExitCode.PASS


def targets(args: Namespace) -> ExitCode:
    """All targets in a line each, or one in full."""
    from targets.registry import TARGETS

    if args.name:
        from harness.cli.drills import find_target

        return _target(find_target(args.name), args)
    rows = [(target.name, target.summary) for target in TARGETS.values()]
    if args.json:
        write_out(encode(dict(rows)))
    else:
        from reports.plain import pairs

        show(pairs(rows, look()))
    return ExitCode.PASS


def _target(target: Target, args: Namespace) -> ExitCode:
    from reports.plain import hosts, sections
    from reports.terminal import settings_text

    settings = target.settings({})
    texts = settings_text(settings).split(", ")
    promises = target.promises(settings)
    parts: list[tuple[str, Iterable[tuple[str, str]]]] = [
        (target.name, [("", target.summary)]),
        ("hosts", hosts(target.hosts(settings)).items()),
        (
            "can be asked for",
            [
                ("faults", ", ".join(sorted(target.faults()))),
                ("controls", ", ".join(sorted(target.controls())) or "none"),
                ("clients' ways", ", ".join(sorted(target.vias()))),
            ],
        ),
        ("moments", [(act, ", ".join(words)) for act, words in target.moments().items()]),
        (
            "settings, with their defaults",
            [(name, value) for name, _, value in (text.partition(" ") for text in texts)],
        ),
        (
            "promises under these settings",
            [
                ("detection", _promise(promises.detection)),
                ("RPO", _promise(promises.rpo)),
            ],
        ),
        ("defects, for --defect", target.defects().items()),
    ]
    if args.json:
        write_out(encode({title: dict(rows) for title, rows in parts}))
    else:
        show(sections(parts, look()))
    return ExitCode.PASS


def _recipes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What images are made from: those of the usual target, and those that only others need."""
    from harness.cli.drills import recipes_of
    from targets.registry import TARGETS, USUAL

    usual = recipes_of([USUAL])
    return usual, tuple(name for name in recipes_of(TARGETS) if name not in usual)


def _promise(bound: Bound | None) -> str:
    return f"≤ {bound.limit_s:g} s: {bound.formula}" if bound else "no promise"


def _say(text: str) -> None:
    write_error(f"{text}\n")
