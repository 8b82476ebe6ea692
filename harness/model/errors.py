"""The errors a person can meet, each with its exit code and its fix."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command tells the shell. Of several files the worst counts: 2, 3, 1, 4, 0."""

    PASS = 0
    FAIL = 1
    WRONG_INPUT = 2
    BROKEN_SURROUNDINGS = 3
    UNKNOWN = 4
    HANGUP = 129
    INTERRUPTED = 130
    TERMINATED = 143


def printable(text: str) -> str:
    """Any text as one line of signs that can be seen."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


class HarnessError(Exception):
    """Something that a person can mend; the text says how."""

    exit_code = ExitCode.BROKEN_SURROUNDINGS


class DrillError(HarnessError):
    """A person's file is wrong: path, line (from 1), field and the fix."""

    exit_code = ExitCode.WRONG_INPUT

    def __init__(self, problem: str, *, path: str = "", line: int = 0, field: str = "") -> None:
        # It shows words of the file, and any word may stand there: one line, harmless to a terminal.
        problem, path, field = printable(problem), printable(path), printable(field)
        where = ":".join(part for part in (path, str(line) if line else "") if part)
        super().__init__(": ".join(part for part in (where, field, problem) if part))
        self.problem, self.path, self.line, self.field = problem, path, line, field


class WorldError(HarnessError):
    """The surroundings broke: a start failed, a fault could not be applied or healed."""


class TargetError(HarnessError):
    """The system under drill refused a control, or answered nonsense."""


class JournalError(HarnessError):
    """A journal cannot be written (3), or a file is no journal (2)."""

    def __init__(self, problem: str, *, exit_code: ExitCode = ExitCode.BROKEN_SURROUNDINGS) -> None:
        super().__init__(problem)
        self.exit_code = exit_code
