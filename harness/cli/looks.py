"""doctor, setup, clean, targets: what is there, and what could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cli.arguments import Namespace
from harness.cli.streams import look, show, write_error, write_out
from harness.model.errors import DrillError, ExitCode, WorldError
from reports.machine import encode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from harness.model.plan import Bound
    from harness.seams import Target


def doctor(args: Namespace) -> ExitCode:
    """0 when drills can run, in containers or as processes; 3 when something that both need is missing."""
    from harness.cli.worlds import needs
    from harness.setup.doctor import checks, local_checks
    from reports.plain import doctor as table
    from targets.registry import USUAL

    usual, others = _recipes()
    found, local = checks(usual, others), local_checks(needs([USUAL]))
    in_containers = all(check.ok or not check.needed for check in found)
    as_processes = all(check.ok for check in local)
    if args.json:
        write_out(encode((*found, *local)))
    else:
        show(table((*found, *local), look(), as_processes=as_processes))
    return ExitCode.PASS if in_containers or as_processes else ExitCode.BROKEN_SURROUNDINGS


def setup(args: Namespace) -> ExitCode:
    """Make what is missing, saying each step. Without an engine: for processes, if all of it runs there."""
    from harness.cli.drills import recipes_of, stand_ins_of
    from harness.setup import prepare, stand_ins

    if args.world not in ("", "docker", "processes"):
        raise DrillError(f"the world '{args.world}' needs no set-up; docker and processes do")
    usual, others = _recipes()
    named = [*args.target, *(_samples() if args.all else ())]
    if args.world != "processes":
        try:
            everybody_s = (*usual, *(others if args.all else ()))
            prepare(_say, tuple(dict.fromkeys((*everybody_s, *recipes_of(named)))))
            stand_ins.prepare(_say, stand_ins_of(named))
            _must_fit(named)
        except WorldError as error:
            _must_do_without(args.world, named, error)
            _prepare_processes()
            _say("what drills as processes need is there, and nothing for containers")
            return ExitCode.PASS
    if args.world == "processes":
        _prepare_processes()
    _say("everything that drills need is there")
    return ExitCode.PASS


def _must_fit(targets: Collection[str]) -> None:
    """Raises DrillError where a user's own compose file lacks what the stack file names."""
    from harness.cli.drills import find_target
    from targets.own_stack.target import OwnStackTarget

    for target in map(find_target, targets):
        if isinstance(target, OwnStackTarget):
            target.services()


def _must_do_without(world: str, targets: Collection[str], error: WorldError) -> None:
    """Raises it where containers are needed, or an engine is there and something else went wrong."""
    from harness.model.isolation import LACKS
    from harness.setup import engine
    from targets.registry import LOCAL

    if world or engine.ask().version or not all(name in LOCAL for name in targets):
        raise error
    _say(f"no engine can be had here: {error}")
    _say(f"  drills will run as processes of this machine. {LACKS['processes']}")


def _prepare_processes() -> None:
    from harness.cli.worlds import needs
    from harness.setup import local
    from targets.registry import LOCAL

    local.prepare(_say, needs(LOCAL))


def clean(args: Namespace) -> ExitCode:
    """Remove what ended runs left. Processes first: for them no engine is needed.

    Where there is the docker command an engine has to answer: nobody knows what is left in it else.
    """
    from harness.setup.programs import found
    from harness.worlds.processes.clean import clean as end

    removed = end(_say)
    if found("docker"):
        from harness.worlds.docker.clean import clean as remove

        removed += remove(_say, just_ended=bool(removed))
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


def _samples() -> tuple[str, ...]:
    """Stack files that come with the package."""
    from harness.setup.images import ROOT

    return tuple(f"{path}" for path in sorted((ROOT / "compose" / "samples").glob("*/stack.yaml")))


def _promise(bound: Bound | None) -> str:
    return f"≤ {bound.limit_s:g} s: {bound.formula}" if bound else "no promise"


def _say(text: str) -> None:
    write_error(f"{text}\n")
