"""The agent's one child process: forked warm, watched by pidfd, heard through a pipe. Knows no protocol.

Forking a process that has everything loaded takes milliseconds; it has no thread, so that is safe.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import os
import signal
from collections.abc import Callable

import msgspec

from targets.reference.driver.refusals import Refused
from targets.reference.driver.telling import ChildLine, child_line
from targets.reference.orders import CrashOrder, PointOrder

_PR_SET_PDEATHSIG = 1
_PIPE, _EAR = 3, 4
_CHUNK = 1 << 16
_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGCHLD}

# Looked up here, before any fork: a warm child has nothing to load.
_libc = ctypes.CDLL(None, use_errno=True)


class Forked(SystemExit):
    """Raised in the new process, out of the agent's loop; caught by the agent's main and by nobody else."""

    def __init__(self, agent_pid: int, pipe: int, ear: int) -> None:
        super().__init__(0)
        self.agent_pid, self.pipe, self.ear = agent_pid, pipe, ear


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
        self._pid = self._pidfd = self._pipe = self._ear = -1
        self._rest = b""
        self._orders: dict[str, CrashOrder] = {}
        self._refused = Refused(())

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

    def order(self, order: PointOrder) -> None:
        """For this child and, until it is taken back, for those that come after it."""
        if isinstance(order, CrashOrder):
            self._orders[order.name] = order
        else:
            self._orders.pop(order.name, None)
        self._pass_on(order)

    def tell(self, refused: Refused) -> None:
        """For this child and those that come after it: the newest counts."""
        self._refused = refused
        self._pass_on(refused)

    def look(self) -> None:
        """SIGCHLD came. Only what is merely stopped is told here: an end is seen by the pidfd."""
        if self.runs and os.waitid(os.P_PID, self._pid, os.WSTOPPED | os.WNOHANG):
            self._stopped()

    def _fork(self) -> None:
        if self.runs:
            return
        mouth, ear, agent_pid = os.pipe(), os.pipe(), os.getpid()
        # A signal between fork and reset would run the agent's handlers in the child.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        self._pid = os.fork()
        if self._pid == 0:
            raise Forked(agent_pid, mouth[1], ear[0])
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(mouth[1])
        os.close(ear[0])
        os.set_blocking(mouth[0], False)
        os.set_blocking(ear[1], False)
        self._pipe, self._rest, self._pidfd = mouth[0], b"", os.pidfd_open(self._pid)
        self._ear = ear[1]
        if self._refused.counts:
            self._pass_on(self._refused)
        for order in self._orders.values():
            self._pass_on(order)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._pipe, self._hear)
        loop.add_reader(self._pidfd, self._over)

    def _pass_on(self, line: PointOrder | Refused) -> None:
        # One that ends just now, or does not listen, needs no order any more.
        if self.runs:
            with contextlib.suppress(BrokenPipeError, BlockingIOError):
                os.write(self._ear, msgspec.json.encode(line) + b"\n")

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
        os.close(self._ear)
        self._pid = self._pidfd = self._pipe = self._ear = -1
        self._ended(_how(status))


def become_child(forked: Forked) -> tuple[int, int]:
    """In the new process, before anything else: forget the agent's handlers and files, and die with it.

    Returns the pipe to the agent, and the one from it.
    """
    signal.set_wakeup_fd(-1)
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    # Out of the way first: either may have the other's number.
    pipe, ear = (fcntl.fcntl(fd, fcntl.F_DUPFD, _EAR + 1) for fd in (forked.pipe, forked.ear))
    os.dup2(pipe, _PIPE, inheritable=False)
    os.dup2(ear, _EAR, inheritable=False)
    os.closerange(_EAR + 1, os.sysconf("SC_OPEN_MAX"))
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != forked.agent_pid:
        os._exit(1)  # it died before the line above
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    return _PIPE, _EAR


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
