"""A command's outcome as JSON: `{"exit_code", "runs": [...], "error"}`.

Each run carries its `folder`, `exit_code`, `plan`, `provenance`, `verdict` (null where a run broke before
there was anything to judge) and `problem` (empty, or what broke). The fields inside are harness.model's.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from harness.model.plan import Plan, Provenance
from harness.model.verdict import Verdict


class RunOutput(Struct, frozen=True, kw_only=True):
    """One drill that was run, or judged again."""

    drill: str
    folder: str
    exit_code: int
    plan: Plan
    provenance: Provenance | None
    verdict: Verdict | None
    problem: str = ""


class Output(Struct, frozen=True, kw_only=True):
    """All that one command did. error: why nothing was done, empty otherwise."""

    exit_code: int
    runs: tuple[RunOutput, ...] = ()
    error: str = ""


def encode(value: object) -> str:
    """Any of our nouns as indented JSON with a line's end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
