"""A host's own disks run full, and have room again: by a file that takes what is left.

They are volumes of a size of their own, which the host's sandbox keeps mounted; nothing else is ever filled.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

from . import processes

# As harness.worlds.docker.weaving.disks has it.
PLACE = "failover-drill/disks"
_FILLER, _PROBE = ".failover-drill-filler", ".failover-drill-probe"
_PAGE = 4096
# Whatever else is mounted there is not one of those.
_BYTES_MAX = 1 << 30


class Disks(TypedDict):
    """disks: how many. free_bytes on all of them. writable: on how many a byte could be written.

    before_s, after_s: raw CLOCK_MONOTONIC around what was done.
    """

    disks: int
    free_bytes: int
    writable: int
    before_s: float
    after_s: float


def disks(*, sandbox_pid: int) -> Disks:
    """Only looked at."""
    now_s = time.monotonic()
    return _seen(_folders(sandbox_pid), now_s, now_s)


def fill(*, sandbox_pid: int) -> Disks:
    """Raises ProcessError for what is no disk of the host's own."""
    folders = _folders(sandbox_pid)
    before_s = time.monotonic()
    for folder in folders:
        _fill(folder)
    return _seen(folders, before_s, time.monotonic())


def make_room(*, sandbox_pid: int) -> Disks:
    folders = _folders(sandbox_pid)
    before_s = time.monotonic()
    for folder in folders:
        (folder / _FILLER).unlink(missing_ok=True)
    return _seen(folders, before_s, time.monotonic())


def _folders(sandbox_pid: int, proc: str = "/proc") -> list[Path]:
    place = Path(f"{proc}/{sandbox_pid}/root/{PLACE}")
    try:
        folders = sorted(place.iterdir())
    except FileNotFoundError:
        return []
    for folder in folders:
        there = os.statvfs(folder)
        if there.f_blocks * there.f_frsize > _BYTES_MAX or folder.stat().st_dev == place.stat().st_dev:
            raise processes.ProcessError(f"{folder.name} is no disk of the host's own, and is not filled")
    return folders


def _fill(folder: Path) -> None:
    """At once what is free, then page by page what is freed meanwhile."""
    with _opened(folder / _FILLER) as file, contextlib.suppress(_NoRoomError):
        there, size = os.statvfs(folder), os.fstat(file).st_size
        if free := there.f_bavail * there.f_frsize:
            with contextlib.suppress(_NoRoomError), _no_room():
                os.posix_fallocate(file, size, free)
        with _no_room():
            os.lseek(file, 0, os.SEEK_END)
            while True:
                os.write(file, bytes(_PAGE))


def _seen(folders: list[Path], before_s: float, after_s: float) -> Disks:
    free = [there.f_bavail * there.f_frsize for there in map(os.statvfs, folders)]
    return {
        "disks": len(folders),
        "free_bytes": sum(free),
        "writable": sum(map(_writable, folders)),
        "before_s": before_s,
        "after_s": after_s,
    }


def _writable(folder: Path) -> bool:
    probe = folder / _PROBE
    try:
        with _no_room(), _opened(probe) as file:
            os.write(file, b"x")
        return True
    except _NoRoomError:
        return False
    finally:
        probe.unlink(missing_ok=True)


class _NoRoomError(Exception):
    pass


@contextlib.contextmanager
def _no_room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise _NoRoomError from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    with _no_room():
        file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        yield file
    finally:
        os.close(file)
