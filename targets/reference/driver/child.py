"""The agent's one child process: forked warm, watched by pidfd, heard through a pipe. Knows no protocol.

Forking a process that has everything loaded takes milliseconds; it has no thread, so that is safe.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
from collections.abc import Callable

from targets.reference.driver.telling import ChildLine, child_line

_PR_SET_PDEATHSIG = 1
_PIPE = 3
_CHUNK = 1 << 16
_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGCHLD}

# Looked up here, before any fork: a warm child has nothing to load.
_libc = ctypes.CDLL(None, use_errno=True)


class Forked(SystemExit):
    """Raised in the new process, out of the agent's loop; caught by the agent's main and by nobody else."""

    def __init__(self, agent_pid: int, pipe: int) -> None:
        super().__init__(0)
        self.agent_pid, self.pipe = agent_pid, pipe


class Child:
    """said: a line from the child. stopped: by SIGSTOP, so it may go on. ended: it is dead and waited for,
    every line that it said was heard.
    """

    def __init__(
        self,
        *,
        said: Callable[[ChildLine], None],
        stopped: Callable[[], None],
        ended: Callable[[str], None],
    ) -> None:
        self._said, self._stopped, self._ended = said, stopped, ended
        self._pid = self._pidfd = self._pipe = -1
        self._rest = b""

    @property
    def runs(self) -> bool:
        return self._pid > 0

    def start(self) -> None:
        """Soon; does nothing while one runs."""
        asyncio.get_running_loop().call_soon(self._fork)

    def signal(self, number: signal.Signals) -> None:
        if self.runs:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def look(self) -> None:
        """SIGCHLD came. Only what is merely stopped is told here: an end is seen by the pidfd."""
        if self.runs and os.waitid(os.P_PID, self._pid, os.WSTOPPED | os.WNOHANG):
            self._stopped()

    def _fork(self) -> None:
        if self.runs:
            return
        mouth, agent_pid = os.pipe(), os.getpid()
        # A signal between fork and reset would run the agent's handlers in the child.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        self._pid = os.fork()
        if self._pid == 0:
            raise Forked(agent_pid, mouth[1])
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(mouth[1])
        os.set_blocking(mouth[0], False)
        self._pipe, self._rest, self._pidfd = mouth[0], b"", os.pidfd_open(self._pid)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._pipe, self._hear)
        loop.add_reader(self._pidfd, self._over)

    def _hear(self) -> None:
        """All that is in the pipe now. A child that closed it can say nothing any more: it is ended."""
        while True:
            try:
                chunk = os.read(self._pipe, _CHUNK)
            except BlockingIOError:
                return
            if not chunk:
                asyncio.get_running_loop().remove_reader(self._pipe)
                self.signal(signal.SIGKILL)
                return
            *whole, self._rest = (self._rest + chunk).split(b"\n")
            for line in whole:
                self._said(child_line(line))

    def _over(self) -> None:
        self.signal(signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._pidfd)
        self._hear()
        loop.remove_reader(self._pipe)
        os.close(self._pidfd)
        os.close(self._pipe)
        self._pid = self._pidfd = self._pipe = -1
        self._ended(_how(status))


def become_child(forked: Forked) -> int:
    """In the new process, before anything else: forget the agent's handlers and files, and die with it.

    Returns the pipe to the agent.
    """
    signal.set_wakeup_fd(-1)
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    os.dup2(forked.pipe, _PIPE, inheritable=False)
    os.closerange(_PIPE + 1, os.sysconf("SC_OPEN_MAX"))
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != forked.agent_pid:
        os._exit(1)  # it died before the line above
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    return _PIPE


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
