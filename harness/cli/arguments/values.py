"""What options hold, and the options that several commands have."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from harness.cli.arguments.parser import Parser
from harness.model.units import seconds

_SEED_MAX = 2**63 - 1
_TRIALS_MAX = 100_000


def _number(least: int, most: int, example: str) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not least <= int(text[:30]) <= most:
            raise argparse.ArgumentTypeError(
                f"'{text}' is no whole number from {least} to {most}; write {example}"
            )
        return int(text)

    return convert


trials = _number(1, _TRIALS_MAX, "--trials 30")
schedules = _number(1, 10_000_000, "--schedules 1000")
configurations = _number(1, 1_000_000_000, "--configurations 1000000")
workers = _number(1, 1000, "--workers 2")
seed = _number(0, _SEED_MAX, "--seed 4711")


def deadline(text: str) -> float:
    try:
        value_s = seconds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if value_s <= 0:
        raise argparse.ArgumentTypeError(f"'{text}' leaves no time; write --deadline 20m")
    return value_s


def add_json(parser: Parser) -> None:
    parser.add_argument(
        "--json", action="store_true", help="JSON alone on standard output, all else on error"
    )
