"""What can be written after `failover-drill`, and the help that teaches it. Imports nothing heavy."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Iterable, Sequence
from inspect import cleandoc
from typing import Any, NoReturn

from harness.cli.streams import write_error, write_out
from harness.model.errors import ExitCode, HarnessError
from harness.model.units import seconds

_SEED_MAX = 2**63 - 1
_TRIALS_MAX = 100_000

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


class UsageError(HarnessError):
    """A wrong word on the command line; the text names the nearest right one."""

    exit_code = ExitCode.WRONG_INPUT


class Namespace(argparse.Namespace):
    """What was written. does: `module:function` of the command."""

    does: str
    json: bool = False


class Parser(argparse.ArgumentParser):
    """Errors name the fix. No abbreviated options: a new option would change what they mean."""

    def __init__(self, **settings: Any) -> None:  # subparsers hand on whatever argparse itself takes
        settings |= {"allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter}
        super().__init__(**settings)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\n  see `{self.prog} --help`")

    def _print_message(self, message: str, file: object = None) -> None:
        write = write_error if file is sys.stderr else write_out
        write(message)


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


def nearest(word: str, words: Iterable[str]) -> str:
    """`; did you mean 'run'?`, or the choice of all when none is near."""
    known = sorted(words)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else f"; choose one of {', '.join(known)}"


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


def _run(parser: Parser) -> None:
    """Run drills and judge them.

    A run leaves runs/<UTC time>-<drill>/: plan.json, journal.jsonl, verdict.json
    and the logs of every container. Progress goes to standard error, the report to
    standard output.

    examples:
      failover-drill run kill-primary                        (of the catalogue)
      failover-drill run my.yaml --trials 3 --seed 4711
      failover-drill run flagship --deadline 20m --json > report.json
      failover-drill run kill-primary --world simulator      (virtual time)
      failover-drill run isolate-primary --defect no-lease-check    (must fail)
    """
    _planned(parser)
    parser.add_argument("--out", metavar="DIR", default="runs", help="where the run's folder is made (runs)")
    parser.add_argument(
        "--keep", action="store_true", help="leave the containers for a look; `clean` removes them"
    )
    parser.add_argument(
        "--deadline", metavar="D", type=_deadline, help="end after this long, like 20m: heal, clean, judge"
    )


def _plan(parser: Parser) -> None:
    """Show what a run would do, and do nothing.

    Every phase drawn from the seed, every host, what the target promises and the
    bounds that are judged.

    examples:
      failover-drill plan kill-primary --seed 4711
      failover-drill plan my.yaml other.yaml --json
    """
    _planned(parser)


def _check(parser: Parser) -> None:
    """Judge stored runs again, with the checkers of today.

    A run is named by its folder or a file in it; a folder of runs means all of
    them. Nothing is written.

    With --history, files that others recorded: could a single copy have answered
    so, in some order? Exit code 0 where it could, 1 where it could not, 4 where the
    search came to its bound first.

    examples:
      failover-drill check runs/2026-11-24T02-47-09Z-kill-primary
      failover-drill check runs --json
      failover-drill check --history etcd_000.log --format jepsen-etcd
    """
    parser.add_argument("runs", metavar="RUN", nargs="*", help="a run's folder, or a folder of runs")
    parser.add_argument("--history", metavar="FILE", nargs="+", default=[], help="recorded histories")
    parser.add_argument("--format", metavar="F", default="", help="theirs: jepsen-etcd or porcupine-kv")
    parser.add_argument(
        "--configurations",
        metavar="N",
        type=_configurations,
        default=0,
        help="how many a search keeps before it gives up (1000000, some 350 MB)",
    )
    _json(parser)


def _search(parser: Parser) -> None:
    """Search for schedules of faults that break the target, in the simulator.

    Each schedule is a drill of about half a minute of virtual time: a light load, and
    one to six faults at random times and at moments of the protocol. It is sound when
    every invariant held and the cluster recovered. A violating one is reduced to a
    drill file that shows the same. Uses all cores; what is found depends on the seed
    alone.

    examples:
      failover-drill search --schedules 1000 --seed 1
      failover-drill search --schedules 2000 --defect hand-back-unbound --out found
      failover-drill search --resume found             (goes on where it ended)
    """
    parser.add_argument("--schedules", metavar="N", type=_schedules, default=1000, help="how many (1000)")
    parser.add_argument("--seed", metavar="S", type=_seed, default=1, help="what they are drawn from (1)")
    parser.add_argument("--target", metavar="T", default="", help="the system that is searched (reference)")
    parser.add_argument("--defect", metavar="NAME", default="", help="break the target on purpose")
    parser.add_argument("--all", action="store_true", help="count all violations; default: stop at the first")
    folder = parser.add_mutually_exclusive_group()
    folder.add_argument("--out", metavar="DIR", default="", help="a new folder for what is found")
    folder.add_argument("--resume", metavar="DIR", default="", help="go on with the search in this folder")
    parser.add_argument("--workers", metavar="N", type=_workers, help="processes (as many as cores)")
    _json(parser)


def _defects(parser: Parser) -> None:
    """Break the target on purpose and see that the drills find it.

    Every named defect of the target is run in the drills that have to find it, and
    the sound controller in all of them. Exit code 0 only if each defect is found
    and the sound controller passes.

    examples:
      failover-drill defects                       (in virtual time, all cores)
      failover-drill defects --list
      failover-drill defects --defect no-lease-check --world docker
      failover-drill defects --world docker --keep cells.jsonl    (goes on where it ended)
      failover-drill defects --json > defects.json
    """
    parser.add_argument("--list", action="store_true", help="say which there are, a defect a line")
    parser.add_argument(
        "--defect", metavar="NAME", nargs="+", action="extend", default=[], help="only these defects"
    )
    parser.add_argument(
        "--world", metavar="W", default="simulator", help="where: simulator (the default) or docker"
    )
    parser.add_argument("--target", metavar="T", default="reference", help="which system (reference)")
    parser.add_argument("--seed", metavar="S", type=_seed, default=1, help="what phases are drawn from (1)")
    parser.add_argument("--out", metavar="DIR", default="runs", help="where runs in containers go (runs)")
    parser.add_argument(
        "--keep",
        metavar="FILE",
        default="",
        help="keep what was run in containers here; what is there is not run",
    )
    _json(parser)


def _doctor(parser: Parser) -> None:
    """Say what is there, what is missing, and how to get it.

    Exit code 0 when drills can run, 3 when something they need is missing.

    example:
      failover-drill doctor
    """
    _json(parser)


def _setup(parser: Parser) -> None:
    """Get what is missing: engine, Compose plugin, images.

    Needs root where something must be installed. Safe to run again: it makes only
    what is missing. The bundled reference target is always included.

    examples:
      sudo failover-drill setup
      sudo failover-drill setup --target redis-sentinel
    """
    parser.add_argument(
        "--target", metavar="T", action="append", default=[], help="also what this target needs"
    )
    parser.add_argument("--all", action="store_true", help="what every bundled target needs")


def _clean(parser: Parser) -> None:
    """Remove what ended runs left in the engine.

    Touches only what carries the label of failover-drill. Folders below runs/
    stay.

    example:
      failover-drill clean
    """


def _targets(parser: Parser) -> None:
    """List the systems that can be drilled, or explain one.

    examples:
      failover-drill targets
      failover-drill targets reference
    """
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="explain this one")
    _json(parser)


def _drills(parser: Parser) -> None:
    """List the catalogue: what each drill is about, by the target that it was written for.

    `run NAME` runs one, `plan NAME` shows what it would do.

    examples:
      failover-drill drills
      failover-drill drills --target redis-sentinel
    """
    parser.add_argument("--target", metavar="T", default="", help="all that this target can be asked")
    _json(parser)


def _faults(parser: Parser) -> None:
    """List the faults a drill file can ask for, or explain one.

    examples:
      failover-drill faults
      failover-drill faults partition
    """
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="explain this one")
    _json(parser)


def _schema(parser: Parser) -> None:
    """Print the JSON Schema of a drill file, for completion in editors.

    example:
      failover-drill schema > drill.schema.json

    then, on top of a drill file:
      # yaml-language-server: $schema=./drill.schema.json
    """


def _up(parser: Parser) -> None:
    """Bring a stack up without a drill, and leave it running.

    Its settings are those of a drill file (calm, when none is named); `ctl` looks
    at it and steers it, `clean` removes it.

    examples:
      failover-drill up
      failover-drill up my.yaml
    """
    parser.add_argument("files", metavar="FILE", nargs="*", default=["calm"], help="a drill file (calm)")
    parser.add_argument("--out", metavar="DIR", default="runs", help="where its folder is made (runs)")
    parser.add_argument("--target", metavar="T", default="", help="another system than the file names")
    parser.add_argument("--defect", metavar="NAME", default="", help="break the target on purpose")
    parser.set_defaults(seed=0)


def _ctl(parser: Parser) -> None:
    """Show and steer a stack that runs: status, switchover, promote, rejoin, fence, maintenance.

    For one that `up` or `run --keep` left, or a drill that runs right now; over links
    that no fault touches. Inside a container of the stack the same tool is `ctl`, and
    sees what that host can reach.

    examples:
      failover-drill ctl status
      failover-drill ctl promote n2 --force
      failover-drill ctl promote --help
      docker compose -f runs/…/compose.yaml exec w1 ctl status
    """
    parser.add_argument("--run", metavar="RUN", default="", help="the run's id, when several run")
    parser.add_argument("words", metavar="…", nargs=argparse.REMAINDER, help="what `ctl` is told")


_COMMANDS: dict[str, tuple[str, Callable[[Parser], None]]] = {
    "run": ("drills:run", _run),
    "plan": ("drills:plan", _plan),
    "check": ("drills:check", _check),
    "search": ("search:search", _search),
    "defects": ("defects:defects", _defects),
    "doctor": ("looks:doctor", _doctor),
    "setup": ("looks:setup", _setup),
    "clean": ("looks:clean", _clean),
    "up": ("stacks:up", _up),
    "ctl": ("stacks:ctl", _ctl),
    "drills": ("catalogue:drills", _drills),
    "targets": ("looks:targets", _targets),
    "faults": ("vocabulary:faults", _faults),
    "schema": ("vocabulary:schema", _schema),
}


def _planned(parser: Parser) -> None:
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="drill files, suites, or names in the catalogue"
    )
    parser.add_argument(
        "--world", metavar="W", default="docker", help="where it runs: docker (the default) or simulator"
    )
    parser.add_argument("--target", metavar="T", default="", help="another system than the file names")
    parser.add_argument(
        "--trials", metavar="N", type=_trials, help="another number of trials than the file's"
    )
    parser.add_argument(
        "--seed", metavar="S", type=_seed, help="what phases are drawn from; drawn when not given"
    )
    parser.add_argument(
        "--defect", metavar="NAME", default="", help="break the target on purpose (see targets NAME)"
    )
    _json(parser)


def _json(parser: Parser) -> None:
    parser.add_argument(
        "--json", action="store_true", help="JSON alone on standard output, all else on error"
    )


def _number(least: int, most: int, example: str) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not least <= int(text[:30]) <= most:
            raise argparse.ArgumentTypeError(
                f"'{text}' is no whole number from {least} to {most}; write {example}"
            )
        return int(text)

    return convert


_trials = _number(1, _TRIALS_MAX, "--trials 30")
_schedules = _number(1, 10_000_000, "--schedules 1000")
_configurations = _number(1, 1_000_000_000, "--configurations 1000000")
_workers = _number(1, 1000, "--workers 2")
_seed = _number(0, _SEED_MAX, "--seed 4711")


def _deadline(text: str) -> float:
    try:
        value_s = seconds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if value_s <= 0:
        raise argparse.ArgumentTypeError(f"'{text}' leaves no time; write --deadline 20m")
    return value_s


class _Version(argparse.Action):
    """Looks the version up only when asked: reading the distribution's metadata takes a while."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from harness.provenance import version

        write_out(f"failover-drill {version()}\n")
        parser.exit()
