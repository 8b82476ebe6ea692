"""What a process, or all of a host, holds of this machine: memory, open files, threads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import docker
import yaml
from docker.errors import APIError
from msgspec import Struct

from harness.worlds.docker.weaving.ownership import RUN
from harness.worlds.owned import processes

_SERVICE = "com.docker.compose.service"

Footprints = dict[str, "Footprint"]
Look = Callable[[Path], Footprints]


class Footprint(Struct, frozen=True, array_like=True):
    """memory_mb: resident."""

    memory_mb: float
    files: int
    threads: int


def of_process(pid: int) -> Footprint:
    """Zeros for one that is gone."""
    try:
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        files = len([*Path(f"/proc/{pid}/fd").iterdir()])
    except OSError:
        return Footprint(0.0, 0, 0)
    return Footprint(int(status.get("VmRSS", "0 kB").split()[0]) / 1024, files, int(status["Threads"]))


def of_containers(client: docker.DockerClient, folder: Path) -> Footprints:
    """Of each service of a run: all processes in there together. Sandboxes only wait. folder: the run's."""
    woven = folder / "compose.yaml"
    if not woven.exists():
        return {}
    run_id = yaml.safe_load(woven.read_text())["name"].removeprefix("failover-drill-")
    rows = client.api.containers(filters={"label": f"{RUN}={run_id}"})
    services = {row["Id"]: row["Labels"].get(_SERVICE, "") for row in rows}
    return {
        service: together(map(of_process, _inside(client, container)))
        for container, service in services.items()
        if "-sandbox-" not in service
    }


def of_local_hosts(folder: Path) -> Footprints:
    """Of each host of a run in the processes world, by the log that its processes write."""
    found: dict[str, list[int]] = defaultdict(list)
    for pid, _, _ in processes.marked():
        log = _written_by(pid)
        if log.parent == folder.resolve() / "logs":
            found[log.stem].append(pid)
    return {host: together(map(of_process, pids)) for host, pids in sorted(found.items())}


def together(parts: Iterable[Footprint]) -> Footprint:
    found = [*parts]
    return Footprint(
        sum(part.memory_mb for part in found),
        sum(part.files for part in found),
        sum(part.threads for part in found),
    )


def _inside(client: docker.DockerClient, container: str) -> Iterator[int]:
    try:
        told = client.api.top(container)
    except APIError:  # It ends in this moment.
        return
    at = told["Titles"].index("PID")
    yield from (int(row[at]) for row in told["Processes"] or [])


def _written_by(pid: int) -> Path:
    try:
        return Path(f"/proc/{pid}/fd/1").readlink()
    except OSError:
        return Path()
