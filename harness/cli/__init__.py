"""The command. Parses, dispatches, turns every error into a message and an exit code; does nothing itself.

arguments   what can be written, and the help that teaches it
streams     standard output and error: colour, width, signs, pipes that close
drills      run, plan, check
catalogue   drills
histories   check --history
stacks      up, ctl
ownstacks   init
defects     defects
looks       doctor, setup, clean, targets
vocabulary  faults, schema

Heavy modules are imported by the command that needs them: `--help` must not wait for the Docker client.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from harness.cli.arguments import Namespace, parse
from harness.cli.streams import open_streams, write_error, write_out
from harness.model.errors import ExitCode, HarnessError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; raises only SystemExit (0: help, version)."""
    words = list(sys.argv[1:] if argv is None else argv)
    open_streams()
    try:
        args = parse(words)
        return int(_command(args)(args))
    except HarnessError as error:
        return _failed(words, str(error), error.exit_code)
    except KeyboardInterrupt:
        return _failed(words, "interrupted", ExitCode.INTERRUPTED)
    except Exception as error:
        return _failed(words, _internal(error), ExitCode.BROKEN_SURROUNDINGS)


def _command(args: Namespace) -> Callable[[Namespace], int]:
    module, _, name = args.does.partition(":")
    command: Callable[[Namespace], int] = getattr(import_module(f"harness.cli.{module}"), name)
    return command


def _internal(error: Exception) -> str:
    from harness.runfolder import write_internal_error

    where = write_internal_error(error, None)
    return f"internal error ({type(error).__name__}: {error}); please report it, with {where}"


def _failed(words: Sequence[str], text: str, code: ExitCode) -> int:
    """Told on standard error, and to machines that asked for JSON. Looks at words: they may be wrong ones."""
    write_error(f"failover-drill: {text}\n")
    if "--json" in words:
        from contextlib import suppress

        from reports.machine import Output, encode

        # Where standard output is what failed, the exit code and standard error have said so.
        with suppress(HarnessError):
            write_out(encode(Output(exit_code=code, error=text)))
    return code
