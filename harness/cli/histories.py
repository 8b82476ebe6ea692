"""check --history: is what others recorded linearizable?"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from harness.checkers.linear.search import CONFIGURATIONS_MAX, Bound
from harness.cli.arguments import Namespace, nearest
from harness.cli.streams import look, show, write_out
from harness.histories import jepsen_etcd, porcupine_kv
from harness.histories.judging import Judged, judge
from harness.histories.recorded import History, Reader
from harness.journalfile import no_collection
from harness.model.errors import DrillError, ExitCode
from harness.model.verdict import Judgement
from harness.run import worst
from reports import linearity
from reports.machine import encode

FORMATS: dict[str, Reader] = {"jepsen-etcd": jepsen_etcd.read, "porcupine-kv": porcupine_kv.read}
_BYTES_MAX = 100_000_000
_CODES: dict[Judgement, ExitCode] = {
    "pass": ExitCode.PASS,
    "fail": ExitCode.FAIL,
    "unknown": ExitCode.UNKNOWN,
}


class HistoryOutput(Struct, frozen=True, kw_only=True):
    """One file, for machines. bound: of a search, in configurations."""

    file: str
    format: str
    bound: int
    exit_code: int
    judged: Judged


def check_histories(args: Namespace) -> ExitCode:
    """All files are read before any is judged; a wrong one raises DrillError with path and line."""
    reader = _reader(args)
    read = [(file, _read(Path(file), reader)) for file in args.history]
    bound = Bound(configurations=args.configurations or CONFIGURATIONS_MAX)
    outputs = [_judged(file, history, args.format, bound) for file, history in read]
    code = worst([ExitCode(output.exit_code) for output in outputs])
    if args.json:
        write_out(encode({"exit_code": code, "histories": outputs}))
    else:
        show(linearity.report([_page(output) for output in outputs], look()))
    return code


def _reader(args: Namespace) -> Reader:
    if args.runs:
        raise DrillError("judge runs and --history apart: they are two kinds of file")
    if not args.history:
        raise DrillError(f"--{'format' if args.format else 'configurations'} is for --history FILE: name one")
    if not args.format:
        raise DrillError(f"--history needs --format: {' or '.join(FORMATS)}")
    if args.format not in FORMATS:
        raise DrillError(f"unknown format '{args.format}'{nearest(args.format, FORMATS)}")
    return FORMATS[args.format]


def _read(file: Path, reader: Reader) -> History:
    path = str(file)
    try:
        if file.stat().st_size > _BYTES_MAX:
            raise DrillError(f"it is larger than {_BYTES_MAX // 1_000_000} MB; cut it by key", path=path)
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise DrillError(f"{error.strerror or error}; name a file that can be read", path=path) from error
    except UnicodeDecodeError as error:
        raise DrillError("it is no UTF-8 text; name a history, not an archive of it", path=path) from error
    return reader(text, path)


def _judged(file: str, history: History, named: str, bound: Bound) -> HistoryOutput:
    with no_collection():
        judged = judge(history, bound)
    code = _CODES[judged.judgement]
    return HistoryOutput(file=file, format=named, bound=bound.configurations, exit_code=code, judged=judged)


def _page(output: HistoryOutput) -> linearity.Page:
    judged = output.judged
    more = 10 * max(output.bound, 1)
    hint = (f"--configurations {more} lets it go on",) if judged.gave_up else ()
    return linearity.Page(
        file=output.file,
        judgement=judged.judgement,
        operations=judged.operations,
        configurations=judged.configurations,
        evidence=(*judged.evidence, *hint),
    )
