"""What can be written after `ctl`, and the help that teaches it."""

from __future__ import annotations

import argparse
import difflib
import getpass
import os
from collections.abc import Callable, Sequence
from inspect import cleandoc
from typing import Any, NoReturn

from harness.model.errors import ExitCode, HarnessError
from targets.reference.ctl.text import COMMANDS, DESCRIPTION, EPILOG


class UsageError(HarnessError):
    """A wrong word; the text names the nearest right one."""

    exit_code = ExitCode.WRONG_INPUT


class Words(argparse.Namespace):
    """What was written. command: one of COMMANDS."""

    command: str
    json: bool = False
    by: str = ""
    node: str = ""
    force: bool = False
    yes: bool = False
    state: str = ""
    on: bool = False
    reason: str = ""
    at: str = ""
    within: float = 30.0


class Parser(argparse.ArgumentParser):
    """Errors name the fix. No abbreviated options: a new option would change what they mean."""

    def __init__(self, **settings: Any) -> None:  # subparsers hand on whatever argparse itself takes
        settings |= {"allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter}
        super().__init__(**settings)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\n  see `{self.prog} --help`")


def parse(words: Sequence[str], *, prog: str) -> Words:
    """Raises UsageError for a wrong word, SystemExit after help."""
    parser = Parser(prog=prog, description=DESCRIPTION, epilog=EPILOG.replace("ctl ", f"{prog} "))
    sub = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", parser_class=Parser)
    for name, text in COMMANDS.items():
        first, _, rest = text.partition("\n")
        epilog = cleandoc("\n" + rest).replace("ctl ", f"{prog} ")
        _ADD[name](sub.add_parser(name, help=first, description=first, epilog=epilog))
    known = next((word for word in words if not word.startswith("-")), "")
    if known and known not in COMMANDS:
        near = difflib.get_close_matches(known, COMMANDS, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(COMMANDS)}"
        parser.error(f"unknown command '{known}'; {hint}")
    parsed = parser.parse_args(words, Words())
    if not parsed.command:
        parser.error(f"say what to do: {', '.join(COMMANDS)}")
    return parsed


def _status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="the same for machines")


def _switchover(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("node", metavar="TO", nargs="?", default="", help="default: who lacks least")
    _by(parser)


def _promote(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("node", metavar="NODE")
    parser.add_argument("--force", action="store_true", help="even if it may lack acknowledged writes")
    parser.add_argument("--yes", action="store_true", help="do not ask: for scripts")
    _within(parser)
    _at(parser)
    _by(parser)


def _rejoin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("node", metavar="NODE")
    _within(parser)


def _fence(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("node", metavar="NODE")
    parser.add_argument("--on", action="store_true", help="give it power again")
    parser.add_argument("--yes", action="store_true", help="do not ask: for scripts")
    _at(parser)
    _by(parser)


def _maintenance(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("state", metavar="on|off", choices=("on", "off"))
    parser.add_argument("--reason", metavar="TEXT", default="planned work", help="what the others will read")
    _at(parser)
    _by(parser)


def _within(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--within", metavar="S", type=_seconds, default=30.0, help="seconds to wait (30)")


def _at(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", metavar="WITNESS", default="", help="who does it (the first that answers)")


def _by(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", metavar="NAME", default=_myself(), help="who orders it, for the logs")


def _seconds(text: str) -> float:
    try:
        value_s = float(text)
    except ValueError:
        value_s = 0.0
    if not 0 < value_s <= 3600:
        raise argparse.ArgumentTypeError(f"'{text}' is no time in seconds from 0 to 3600; write --within 30")
    return value_s


def _myself() -> str:
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (OSError, KeyError):
        return "somebody"


_ADD: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "status": _status,
    "switchover": _switchover,
    "promote": _promote,
    "rejoin": _rejoin,
    "fence": _fence,
    "maintenance": _maintenance,
}
