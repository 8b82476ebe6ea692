"""How set-up talks and keeps to itself: steps that are announced, and one set-up at a time.

Knows nothing of what the steps do.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.model.errors import WorldError

Say = Callable[[str], None]

_PATIENCE_S = 20.0
_TURN_WITHIN_S = 900.0


@contextmanager
def step(say: Say, text: str) -> Iterator[None]:
    """Say what begins, every 20 s that it goes on, and how long it took. Errors speak for themselves."""
    began_s = time.monotonic()
    ended = threading.Event()

    def remind() -> None:
        while not ended.wait(_PATIENCE_S):
            say(f"{text}: still at it after {time.monotonic() - began_s:.0f} s")

    say(f"{text} …")
    reminder = threading.Thread(target=remind, name="set-up reminder", daemon=True)
    reminder.start()
    try:
        yield
    finally:
        ended.set()
        reminder.join()
    say(f"{text}: done in {time.monotonic() - began_s:.0f} s")


@contextmanager
def alone(say: Say, *, lock: Path | None = None) -> Iterator[None]:
    """One set-up at a time: two that start one engine or build one image get in each other's way."""
    path = lock or _lock_file()
    handle = _open(path)
    try:
        if not _taken(handle):
            say("another set-up is at work on this machine: waiting for it …")
            _wait_for_turn(handle, path)
        yield
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise WorldError(
            f"cannot write {path} ({error.strerror})\n  set XDG_RUNTIME_DIR to a folder that you may write"
        ) from None


def _wait_for_turn(handle: int, path: Path) -> None:
    waiting = Retrying(
        retry=retry_if_result(lambda taken: not taken),
        wait=wait_fixed(0.2),
        stop=stop_after_delay(_TURN_WITHIN_S),
    )
    try:
        waiting(_taken, handle)
    except RetryError:
        raise WorldError(
            f"another set-up has been at work for {_TURN_WITHIN_S:g} s\n"
            f"  `fuser {path}` names its process; end it, then try again"
        ) from None


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file() -> Path:
    """Root's is the machine's: only root installs. Others may still build the same images twice at once."""
    if os.geteuid() == 0 and Path("/run").is_dir():
        return Path("/run/failover-drill-setup.lock")
    folder = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(folder) / f"failover-drill-setup-{os.geteuid()}.lock"
