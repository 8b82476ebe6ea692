"""Signals as a request to stop: heal and clean first. A handler only notes; the run looks between events."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Final

from harness.model.errors import ExitCode

_EXIT_CODES: Final = {
    signal.SIGINT: ExitCode.INTERRUPTED,
    signal.SIGTERM: ExitCode.TERMINATED,
    signal.SIGHUP: ExitCode.HANGUP,
}
_HARD_EXIT_AT = 3


class Interrupts:
    """While entered, the first signal asks to stop, a second is answered, a third ends the process at once.

    doing: what the run is at, for the answer to an impatient person.
    """

    def __init__(self) -> None:
        self.doing = "starting"
        self._count = 0
        self._first: signal.Signals | None = None
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    @property
    def asked(self) -> bool:
        return self._first is not None

    @property
    def exit_code(self) -> ExitCode:
        """Only to be asked when a signal came."""
        assert self._first is not None
        return _EXIT_CODES[self._first]

    @property
    def name(self) -> str:
        return self._first.name if self._first else ""

    def note(self, number: int, _frame: FrameType | None = None) -> None:
        """The handler. It writes past Python's buffers: a buffered write here could meet itself half-way."""
        self._count += 1
        if self._first is None:
            self._first = signal.Signals(number)
        if self._count == 1:
            _tell("stopping: healing faults and removing what was started (a few seconds)")
        elif self._count < _HARD_EXIT_AT:
            _tell(f"still {self.doing}; please wait (once more ends it at once; the reaper does the rest)")
        else:
            _tell("ended at once; the reaper heals and removes the rest within seconds")
            os._exit(128 + number)

    def __enter__(self) -> Interrupts:
        for number in _EXIT_CODES:
            # What the parent chose to ignore (nohup, a shell's background job) stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self.note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _tell(text: str) -> None:
    # The terminal may be gone, and that may be why we were called.
    with suppress(OSError):
        os.write(2, f"\nfailover-drill: {text}\n".encode())
