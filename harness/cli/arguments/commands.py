"""All commands, each with the function that does it; from words to a namespace."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from inspect import cleandoc

from harness.cli.arguments import drills, hunting, looks, ownstacks, stacks
from harness.cli.arguments.parser import Namespace, Parser, nearest
from harness.cli.streams import write_out

_DESCRIPTION = """\
Runs failover drills: brings up a system of primary, standby and witnesses,
injects real faults under load, and judges from the journal how fast it failed
over, whether two nodes ever served at once, and what was lost.
"""

_EPILOG = """\
first steps:
  failover-drill setup               get the engine and the images
  failover-drill plan kill-primary   see what a drill of the catalogue would do
  failover-drill run kill-primary    kill the primary under load, judge, report

exit codes:
  0 pass   1 fail   2 wrong input   3 broken surroundings   4 unknown
  130 interrupted, 143 SIGTERM, 129 SIGHUP: healed and everything removed first
  Of several drills the worst counts: 2 (before anything starts), 3, 1, 4, 0.
"""

_COMMANDS: dict[str, tuple[str, Callable[[Parser], None]]] = {
    "run": ("drills:run", drills.run),
    "plan": ("drills:plan", drills.plan),
    "check": ("drills:check", drills.check),
    "search": ("search:search", hunting.search),
    "defects": ("defects:defects", hunting.defects),
    "doctor": ("looks:doctor", looks.doctor),
    "setup": ("looks:setup", looks.setup),
    "clean": ("looks:clean", looks.clean),
    "init": ("ownstacks:init", ownstacks.init),
    "up": ("stacks:up", stacks.up),
    "ctl": ("stacks:ctl", stacks.ctl),
    "drills": ("catalogue:drills", looks.drills),
    "targets": ("looks:targets", looks.targets),
    "faults": ("vocabulary:faults", looks.faults),
    "schema": ("vocabulary:schema", looks.schema),
}


def parse(words: Sequence[str]) -> Namespace:
    """Raises UsageError for a wrong word, SystemExit after help and version."""
    parser, commands = _parsers()
    command = next((word for word in words if not word.startswith("-")), "")
    if command and command not in commands:
        parser.error(f"unknown command '{command}'{nearest(command, commands)}")
    args, left = parser.parse_known_args(words, Namespace())
    if left:
        options = commands[command]._option_string_actions
        parser = commands[command]
        parser.error(f"unknown argument '{left[0]}'{nearest(left[0].partition('=')[0], options)}")
    return args


def _parsers() -> tuple[Parser, dict[str, Parser]]:
    parser = Parser(prog="failover-drill", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("--version", action=_Version, help="print the version and leave")
    sub = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    commands: dict[str, Parser] = {}
    for name, (does, add) in _COMMANDS.items():
        first, _, rest = (add.__doc__ or "").partition("\n")
        commands[name] = sub.add_parser(name, help=first, description=first, epilog=cleandoc("\n" + rest))
        commands[name].set_defaults(does=does)
        add(commands[name])
    return parser, commands


class _Version(argparse.Action):
    """Looks the version up only when asked: reading the distribution's metadata takes a while."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from harness.provenance import version

        write_out(f"failover-drill {version()}\n")
        parser.exit()
