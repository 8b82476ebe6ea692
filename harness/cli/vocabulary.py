"""The words of a drill file, for people and editors: all faults, one in full, the JSON Schema.

Says nothing of its own: what is read is what is explained.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.cli.arguments import Namespace, nearest
from harness.cli.streams import look, show, write_out
from harness.drillfile.measures import LEAST, MEASURES, SEEN
from harness.drillfile.moments import ACTS, NTH, OF_HOST, PHASES
from harness.drillfile.steps import STEPS
from harness.drillfile.tree import Block, parse
from harness.drillfile.verb import Verb
from harness.drillfile.verbs import FAULTS, OTHERS, VERBS
from harness.drillfile.words import Field, object_schema
from harness.model.drill import Json
from harness.model.errors import DrillError, ExitCode
from harness.planner.offers import FAULTS_OF_WORLDS, WHY_NOT, needed_fault
from harness.roles import WORDS
from reports.machine import encode

Rows = list[tuple[str, str]]
_ROLES, _MOMENTS, _MEASURES = "roles", "moments", "expect"
_MORE_ROLES = (f"faults {_ROLES}", "who can be named")


def faults(args: Namespace) -> ExitCode:
    """All faults in a line each, or one in full."""
    parts = _one(args.name) if args.name else _all()
    if args.json:
        in_full = _in_full(VERBS[args.name]) if args.name in VERBS else None
        write_out(encode(in_full or {title: dict(rows) for title, rows in parts}))
    else:
        from reports.plain import sections

        show(sections(parts, look()))
    return ExitCode.PASS


def schema(args: Namespace) -> ExitCode:
    """JSON on standard output, for an editor."""
    from harness.schema import schema as of_drills
    from targets.registry import TARGETS

    write_out(encode(of_drills({name: target.settings_schema() for name, target in TARGETS.items()})))
    return ExitCode.PASS


def _all() -> list[tuple[str, Rows]]:
    return [
        ("faults", [(name, verb.summary + _where(verb)) for name, verb in FAULTS.items()]),
        ("other steps", [(name, verb.summary + _where(verb)) for name, verb in OTHERS.items()]),
        (
            "more",
            [
                ("faults NAME", "one in full, with an example"),
                _MORE_ROLES,
                (f"faults {_MOMENTS}", "what a step can count its times from"),
                (f"faults {_MEASURES}", "what can be expected"),
            ],
        ),
    ]


def _one(name: str) -> list[tuple[str, Rows]]:
    """Raises DrillError for a word that is none."""
    if name == _ROLES:
        return [_roles()]
    if name == _MOMENTS:
        return _moments()
    if name == _MEASURES:
        return [_measures()]
    if name not in VERBS:
        raise DrillError(f"unknown fault '{name}'{nearest(name, [*VERBS, _ROLES, _MOMENTS, _MEASURES])}")
    verb = VERBS[name]
    return [
        (f"{name}: {verb.summary}", [("", verb.does)]),
        ("words", list(explained(verb.all_fields))),
        *([("offered", _offered(verb))] if _needs(verb) else []),
        ("example", [("", line) for line in verb.example.splitlines()]),
        ("more", [_MORE_ROLES]),
    ]


def _needs(verb: Verb) -> str:
    """The fault that its example asks for, as worlds and targets name it."""
    spot = parse(f"steps:\n{verb.example}\n")
    assert isinstance(spot, Block)
    (step,) = STEPS.read(spot.entries["steps"])
    return needed_fault(step)


def _where(verb: Verb) -> str:
    """The worlds that offer it; empty for what every world can."""
    fault = _needs(verb)
    worlds = [world for world, there in FAULTS_OF_WORLDS.items() if fault in there]
    return f"  [{', '.join(worlds)}]" if fault else ""


def _offered(verb: Verb) -> Rows:
    """By which world, or why not; then by which target."""
    from targets.registry import TARGETS

    fault = _needs(verb)
    worlds = [
        (f"world {world}", "yes" if fault in there else f"no: {WHY_NOT.get(world, {}).get(fault, '')}")
        for world, there in FAULTS_OF_WORLDS.items()
    ]
    of = [(f"target {name}", "yes" if fault in target.faults() else "no") for name, target in TARGETS.items()]
    return worlds + of


def _roles() -> tuple[str, Rows]:
    return ("roles; a host's own name will do as well", list(WORDS.items()))


def _moments() -> list[tuple[str, Rows]]:
    return [
        ("phases: on: decided", list(PHASES.items())),
        ("acts: on: {sends: Granted, nth: 3}", [*ACTS.items(), *explained((OF_HOST, NTH))]),
        ("more", [("targets NAME", "the words that may stand behind an act")]),
    ]


def _measures() -> tuple[str, Rows]:
    """Each with an example of its bound; then how a drill says what it is there to show."""
    rows = [(f"{name}: {measure.example}", measure.help) for name, measure in MEASURES.items()]
    shown = [
        (f"split_brain: {SEEN}", "it must be seen, in a trial at least; so for each but times and failovers"),
        (f"outage: {{{LEAST}: 20s}}", "it must last so long, in every trial: so for every time"),
    ]
    return (_MEASURES, rows + shown)


def explained(fields: Sequence[Field[Any]], indent: str = "") -> Iterator[tuple[str, str]]:
    """Each word with its meaning, and below it the words that may stand behind it."""
    for field in fields:
        default = f" (default: {field.written})" if field.written and not field.required else ""
        yield indent + field.name, field.help + default
        yield from ((f"{indent}  {word}", meaning) for word, meaning in field.kind.choices.items())
        yield from explained(field.kind.fields, indent + "  ")


def _in_full(verb: Verb) -> dict[str, Json]:
    return {
        "name": verb.name,
        "summary": verb.summary,
        "does": verb.does,
        "words": object_schema(verb.all_fields),
        "example": verb.example,
    }
