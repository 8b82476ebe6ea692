"""init: the first draft of a stack file, read off a person's compose file; and the words of such a file."""

from __future__ import annotations

import os
from pathlib import Path

from harness.cli.arguments import Namespace
from harness.cli.streams import look, show, write_error, write_out
from harness.model.errors import DrillError, ExitCode


def init(args: Namespace) -> ExitCode:
    """Print it, or write it into a new file. Changes nothing that is there."""
    if args.words:
        return _words()
    if not args.compose:
        raise DrillError("name the compose file of your stack, like compose.yaml")
    from harness.stackfile.draft import draft
    from harness.worlds.docker.weaving import composefile

    compose, out = Path(args.compose), Path(args.out) if args.out else None
    folder = out.parent if out else compose.parent
    text = draft(composefile.read(f"{compose}"), compose_file=_seen_from(folder, compose))
    if out is None:
        write_out(text)
    else:
        _write_new(out, text)
        write_error(_next(out, text))
    return ExitCode.PASS


def _next(out: Path, text: str) -> str:
    """What a person does with a draft."""
    open_lines = [number for number, line in enumerate(text.splitlines(), 1) if _open(line)]
    lines = ", ".join(map(str, open_lines))
    plural = "s" if len(open_lines) > 1 else ""
    return (
        f"{out} is a draft; what is TODO is yours to say, on line{plural} {lines}: "
        "the comments tell what is asked\n"
        f"  then: failover-drill setup --target {_path(out)}\n"
        f"        failover-drill run calm --target {_path(out)}\n"
    )


def _open(line: str) -> bool:
    from harness.stackfile.reading import TODO

    return TODO in line.partition("#")[0]


def _words() -> ExitCode:
    from harness.cli.vocabulary import explained
    from harness.stackfile.reading import FIELDS
    from reports.plain import sections

    show(sections([("a stack file", list(explained(FIELDS)))], look()))
    return ExitCode.PASS


def _seen_from(folder: Path, compose: Path) -> str:
    return os.path.relpath(compose.resolve(), folder.resolve())


def _path(out: Path) -> str:
    """As a target it must look like a path, and not like a name."""
    return f"{out}" if out.parent.parts else f"./{out}"


def _write_new(out: Path, text: str) -> None:
    """A stack file that was finished by hand is never written over."""
    try:
        with out.open("x") as file:
            file.write(text)
    except FileExistsError:
        raise DrillError("it is there already; name another file with --out", path=f"{out}") from None
    except OSError as error:
        raise DrillError(
            f"cannot be written: {error.strerror}; name another with --out", path=f"{out}"
        ) from error
