"""Reads words by what was declared; a wrong one is an error that names the nearest right one."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from harness.cli.streams import write_error, write_out
from harness.model.errors import ExitCode, HarnessError


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


def nearest(word: str, words: Iterable[str]) -> str:
    """`; did you mean 'run'?`, or the choice of all when none is near."""
    known = sorted(words)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else f"; choose one of {', '.join(known)}"
