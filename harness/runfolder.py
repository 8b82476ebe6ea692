"""A run's folder: plan.json, journal.jsonl, verdict.json. Writes and reads them; judges nothing."""

from __future__ import annotations

import os
import re
import tempfile
import traceback
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zlib import crc32

import msgspec

from harness.model.errors import ExitCode, JournalError
from harness.model.plan import PlanFile
from harness.model.verdict import Verdict

JOURNAL, PLAN, VERDICT = "journal.jsonl", "plan.json", "verdict.json"
_SAME_SECOND_MAX = 100


def make(out: Path, drill: str, started: datetime) -> Path:
    """A new folder `<UTC time>-<drill>` below out. Raises JournalError when it cannot be made."""
    name = f"{started:%Y-%m-%dT%H-%M-%SZ}-{re.sub(r'[^A-Za-z0-9_.-]+', '-', drill)}"
    try:
        out.mkdir(parents=True, exist_ok=True)
        for number in range(1, _SAME_SECOND_MAX):
            folder = out / (name if number == 1 else f"{name}-{number}")
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        raise JournalError(
            f"{out}: cannot make a run's folder there ({error.strerror}); name another with --out DIR"
        ) from error
    raise JournalError(
        f"{out}: {_SAME_SECOND_MAX} runs of {drill} began in this second; name another with --out DIR"
    )


def write_plan(folder: Path, file: PlanFile) -> None:
    text = msgspec.json.format(msgspec.json.encode(file), indent=1).removesuffix(b"\n}")
    _write(folder / PLAN, b'%b,\n "sum": "%08x"\n}' % (text, crc32(text)))


def write_verdict(folder: Path, verdict: Verdict) -> None:
    _write(folder / VERDICT, msgspec.json.format(msgspec.json.encode(verdict), indent=1))


def write_internal_error(error: BaseException, folder: Path | None) -> str:
    """The traceback, for a report to us, where there is room for it; the file's name, or what hinders."""
    text = "".join(traceback.format_exception(error))
    for place in (folder, Path(tempfile.gettempdir())):
        try:
            if place is None:
                continue
            with tempfile.NamedTemporaryFile(
                "w", dir=place, prefix="internal-error-", suffix=".txt", delete=False
            ) as file:
                file.write(text)
            return file.name
        except OSError:
            continue
    return "its traceback (no file could be written)"


def read_plan(folder: Path) -> PlanFile:
    """Raises JournalError (exit 2) when there is no plan to be read, or not the one that was run."""
    path, fix = folder / PLAN, "name a run's folder, like runs/<time>-<drill>"
    try:
        text = path.read_bytes()
        file = msgspec.json.decode(text, type=PlanFile)
        if _is_whole(text):
            return file
        problem = "it is not as the run wrote it, so nobody knows what was to be judged"
        fix = "take it from a copy, or run the drill again"
    except OSError as error:
        problem = error.strerror or str(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = f"it is not a plan that this failover-drill can read ({error})"
    raise JournalError(f"{path}: {problem}; {fix}", exit_code=ExitCode.WRONG_INPUT)


def read_verdict(folder: Path) -> Verdict | None:
    """The verdict as it was stored; None when there is none that can be read."""
    try:
        return msgspec.json.decode((folder / VERDICT).read_bytes(), type=Verdict)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def find(named: Path) -> tuple[Path, ...]:
    """The runs that a person means: a run's folder, a file in one, or a folder of runs, in their order.

    Raises JournalError (exit 2) when there is none.
    """
    try:
        return _found(named)
    except OSError as error:
        why = error.strerror or str(error)
        raise JournalError(
            f"{named}: {why}; name a run's folder, like runs/<time>-<drill>", exit_code=ExitCode.WRONG_INPUT
        ) from error


def _found(named: Path) -> tuple[Path, ...]:
    folder = named.parent if named.is_file() else named
    if not folder.is_dir():
        raise JournalError(f"{named}: there is no such run", exit_code=ExitCode.WRONG_INPUT)
    if named.is_file() or (folder / PLAN).exists() or (folder / JOURNAL).exists():
        return (folder,)
    runs = tuple(sorted(path.parent for path in folder.glob(f"*/{PLAN}")))
    if not runs:
        raise JournalError(
            f"{named}: no run is in there (a run's folder holds {PLAN} and {JOURNAL})",
            exit_code=ExitCode.WRONG_INPUT,
        )
    return runs


def _is_whole(text: bytes) -> bool:
    """Those that an older failover-drill wrote have no sum."""
    body, sign, rest = text.rpartition(b',\n "sum": "')
    return not sign or rest == b'%08x"\n}' % crc32(body)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a reader never meets half a file."""
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            # Some file systems bring the new name to the disk before what it names.
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise JournalError(
            f"{path} cannot be written: {error.strerror}; free space or name another folder with --out DIR"
        ) from error
