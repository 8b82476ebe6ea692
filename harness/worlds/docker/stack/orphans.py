"""Containers that the engine has forgotten: killed while it starts one, it leaves it to nobody. Linux alone.

What is left of each is its shim, a process of the runtime, mostly with one more below it that waits to become
the service. Engine and labels know nothing of them; the runtime's own file beside the shim still has the
container's environment, and that names the run. Only root can read it: for others there are none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docker
import msgspec
from docker.errors import NotFound
from msgspec import Struct

from harness.worlds.docker.stack.engine import told_plainly
from harness.worlds.docker.weaving.ownership import VARIABLE
from harness.worlds.owned import processes

PROC = Path("/proc")
_SHIM = "containerd-shim"


class Orphan(Struct, frozen=True):
    """pid: the shim's. container: its id, which the engine does not know."""

    pid: int
    container: str
    run_id: str


class _Process(Struct):
    env: list[str] = []


class _Bundle(Struct):
    """What the runtime was told of the container, as far as it is looked at."""

    process: _Process


def orphans(client: docker.DockerClient) -> list[Orphan]:
    """Of all runs. Raises WorldError."""
    return [found for found in _ours(PROC) if not _known(client, found.container)]


def end(orphan: Orphan) -> int:
    """SIGKILL for what is below it, then for the shim, which would stay; how many there were."""
    if _container(orphan.pid, PROC) != orphan.container:
        return 0
    below = processes.children(orphan.pid)
    ended = sum(processes.end(pid, lambda of: of in processes.children(orphan.pid)) for pid in below)
    return ended + processes.end(orphan.pid, lambda of: _container(of, PROC) == orphan.container)


def _ours(proc: Path) -> Iterator[Orphan]:
    for pid in processes.pids():
        container = _container(pid, proc)
        run_id = _run_id(pid, proc) if container else ""
        if run_id:
            yield Orphan(pid, container, run_id)


def _container(pid: int, proc: Path) -> str:
    """Whose shim that process is; empty where it is none."""
    try:
        words = (proc / f"{pid}" / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    if not Path(words[0]).name.startswith(_SHIM) or "-id" not in words[:-1]:
        return ""
    return words[words.index("-id") + 1]


def _run_id(pid: int, proc: Path) -> str:
    """As the environment of its container says, in the file that lies where the shim works; empty: none."""
    try:
        bundle = msgspec.json.decode((proc / f"{pid}" / "cwd" / "config.json").read_bytes(), type=_Bundle)
    except (OSError, msgspec.DecodeError):
        return ""
    pairs = (row.partition("=") for row in bundle.process.env)
    return next((value for name, _, value in pairs if name == VARIABLE), "")


def _known(client: docker.DockerClient, container: str) -> bool:
    with told_plainly("ask the engine for a container"):
        try:
            client.api.inspect_container(container)
        except NotFound:
            return False
    return True
