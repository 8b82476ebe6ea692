"""What a process, or all of a container, holds of this machine: memory, open files, threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import docker
import yaml
from docker.errors import APIError
from msgspec import Struct

from harness.worlds.docker.weaving.ownership import RUN

_SERVICE = "com.docker.compose.service"


class Footprint(Struct, frozen=True):
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


def of_containers(client: docker.DockerClient, woven: Path) -> Iterator[tuple[str, Footprint]]:
    """Of each service of a run, by its woven file: all processes in there together. Sandboxes only wait."""
    project = yaml.safe_load(woven.read_text())["name"]
    run_id = project.removeprefix("failover-drill-")
    for row in client.api.containers(filters={"label": f"{RUN}={run_id}"}):
        service = row["Labels"].get(_SERVICE, "")
        if "-sandbox-" not in service:
            yield service, together(map(of_process, _inside(client, row["Id"])))


def together(parts: Iterable[Footprint]) -> Footprint:
    found = [*parts]
    return Footprint(
        sum(part.memory_mb for part in found),
        sum(part.files for part in found),
        sum(p.threads for p in found),
    )


def _inside(client: docker.DockerClient, container: str) -> list[int]:
    try:
        told = client.api.top(container)
    except APIError:
        return []
    at = told["Titles"].index("PID")
    return [int(row[at]) for row in told["Processes"] or []]
