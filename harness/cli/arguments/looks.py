"""doctor, setup, clean; drills, targets, faults, schema: what is there, and what could be."""

from __future__ import annotations

from harness.cli.arguments.parser import Parser
from harness.cli.arguments.values import add_json


def doctor(parser: Parser) -> None:
    """Say what is there, what is missing, and how to get it.

    Exit code 0 when drills can run, 3 when something they need is missing.

    example:
      failover-drill doctor
    """
    add_json(parser)


def setup(parser: Parser) -> None:
    """Get what is missing: engine, Compose plugin, images.

    Where no engine can be had: what drills need as processes of this machine.
    That is said, and is enough unless a target that was named needs containers;
    --world docker insists on them.

    Needs root where something must be installed. Safe to run again: it makes only
    what is missing. The bundled reference target is always included.

    examples:
      sudo failover-drill setup
      sudo failover-drill setup --target redis-sentinel
      sudo failover-drill setup --target ./stack.yaml    (a stack of your own)
      failover-drill setup --world processes
    """
    parser.add_argument(
        "--world", metavar="W", default="", help="what this one needs: docker or processes; else docker first"
    )
    parser.add_argument(
        "--target", metavar="T", action="append", default=[], help="also what this target needs"
    )
    parser.add_argument("--all", action="store_true", help="what every bundled target and sample needs")


def clean(parser: Parser) -> None:
    """Remove what ended runs left: in the engine, and processes of this machine.

    Touches only what carries the label of failover-drill. Folders below runs/
    stay.

    example:
      failover-drill clean
    """


def drills(parser: Parser) -> None:
    """List the catalogue: what each drill is about, by the target that it was written for.

    `run NAME` runs one, `plan NAME` shows what it would do.

    examples:
      failover-drill drills
      failover-drill drills --target redis-sentinel
    """
    parser.add_argument("--target", metavar="T", default="", help="all that this target can be asked")
    add_json(parser)


def targets(parser: Parser) -> None:
    """List the systems that can be drilled, or explain one.

    examples:
      failover-drill targets
      failover-drill targets reference
    """
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="explain this one")
    add_json(parser)


def faults(parser: Parser) -> None:
    """List the faults a drill file can ask for, or explain one.

    examples:
      failover-drill faults
      failover-drill faults partition
    """
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="explain this one")
    add_json(parser)


def schema(parser: Parser) -> None:
    """Print the JSON Schema of a drill file, for completion in editors.

    example:
      failover-drill schema > drill.schema.json

    then, on top of a drill file:
      # yaml-language-server: $schema=./drill.schema.json
    """
