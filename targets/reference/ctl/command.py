"""One command of the operator's tool, from its words to its exit code. Never a traceback for a person."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import msgspec

from harness.model.errors import ExitCode, HarnessError
from targets.reference.ctl.acts import Acts, Done
from targets.reference.ctl.arguments import Words, parse
from targets.reference.ctl.asking import Way
from targets.reference.ctl.shown import shown
from targets.reference.settings import Settings

Say = Callable[[str], None]


def run(words: Sequence[str], settings: Settings, way: Way, *, prog: str = "ctl") -> int:
    """Raises SystemExit after help alone."""
    try:
        return _run(parse(words, prog=prog), settings, way)
    except HarnessError as error:
        _tell(f"{prog}: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _tell(f"{prog}: interrupted")
        return ExitCode.INTERRUPTED


def _run(words: Words, settings: Settings, way: Way) -> int:
    acts = Acts(settings, way, say=_tell, by=words.by)
    if words.command == "status":
        return _status(acts, as_json=words.json)
    try:
        done = _act(words, acts)
    except KeyboardInterrupt:
        _tell(f"interrupted: {acts.known}")
        return ExitCode.INTERRUPTED
    (print if done.code is ExitCode.PASS else _tell)(done.text)
    return done.code


def _act(words: Words, acts: Acts) -> Done:
    match words.command:
        case "switchover":
            return acts.switchover(words.node)
        case "promote":
            confirm = (lambda node: True) if words.yes else _typed
            return acts.promote(
                words.node, forced=words.force, confirm=confirm, at=words.at, within_s=words.within
            )
        case "fence":
            confirm = (lambda node: True) if words.yes else _typed
            return acts.fence(words.node, on=words.on, confirm=confirm, at=words.at)
        case "rejoin":
            return acts.rejoin(words.node, within_s=words.within)
        case _:
            return acts.maintain(words.reason if words.state == "on" else "", at=words.at)


def _status(acts: Acts, *, as_json: bool) -> int:
    now = acts.look()
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(now), indent=1).decode())
    else:
        print(shown(now), end="")
    if len(now.silent) == len(now.nodes) + len(now.witnesses):
        return ExitCode.BROKEN_SURROUNDINGS
    return ExitCode.PASS if now.serving is not None else ExitCode.FAIL


def _typed(node: str) -> bool:
    """A name is typed, not `y`: the wrong window, or the wrong node, shows."""
    if sys.stdin is None or not sys.stdin.isatty():
        _tell("there is no terminal to ask at: look at what is told above, then give --yes")
        return False
    print(f"type the node's name to go on: {node}> ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip() == node


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
