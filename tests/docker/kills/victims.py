"""Whom SIGKILL can strike: a process of this machine, once it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Literal

import docker
from docker.errors import APIError
from msgspec import Struct

from harness.worlds.docker.weaving.ownership import HOST, PART, RUN
from tests.docker.kills.struckrun import StruckRun

# removal: the harness, once all was measured.
Of = Literal["harness", "removal", "reaper", "hub", "agent", "engine"]

_AGENTS = ("n1", "n2", "w1", "w2", "w3")
_ENGINE_PID = Path("/var/run/docker.pid")


class Victim(Struct, frozen=True):
    name: str
    pid: int


Find = Callable[[StruckRun, Random, docker.DockerClient], Victim | None]


def _harness(run: StruckRun, draw: Random, client: docker.DockerClient) -> Victim | None:
    return Victim("harness", run.process.pid)


def _reaper(run: StruckRun, draw: Random, client: docker.DockerClient) -> Victim | None:
    return Victim("reaper", run.reaper)


def _hub(run: StruckRun, draw: Random, client: docker.DockerClient) -> Victim | None:
    """Any process in there: Toxiproxy, or who injects beside it."""
    found = [
        Victim(f"{part}: {name}", pid)
        for part in ("hub", "resident")
        for container in _containers(client, run, **{PART: part})
        for pid, name in _inside(client, container)
    ]
    return draw.choice(found) if found else None


def _agent(run: StruckRun, draw: Random, client: docker.DockerClient) -> Victim | None:
    host = draw.choice(_AGENTS)
    for container in _containers(client, run, **{PART: "service", HOST: host}):
        try:
            pid = client.api.inspect_container(container)["State"]["Pid"]
        except APIError:
            continue
        if pid:
            return Victim(host, pid)
    return None


def _engine(run: StruckRun, draw: Random, client: docker.DockerClient) -> Victim | None:
    return Victim("dockerd", int(_ENGINE_PID.read_text()))


VICTIMS: dict[Of, Find] = {
    "harness": _harness,
    "removal": _harness,
    "reaper": _reaper,
    "hub": _hub,
    "agent": _agent,
    "engine": _engine,
}


def _containers(client: docker.DockerClient, run: StruckRun, **labels: str) -> Iterator[str]:
    wanted = [f"{RUN}={run.id}", *(f"{name}={value}" for name, value in labels.items())]
    for row in client.api.containers(filters={"label": wanted}):
        yield row["Id"]


def _inside(client: docker.DockerClient, container: str) -> Iterator[tuple[int, str]]:
    try:
        told = client.api.top(container)
    except APIError:  # It ends in this moment.
        return
    pid, name = told["Titles"].index("PID"), told["Titles"].index("CMD")
    for row in told["Processes"]:
        yield int(row[pid]), row[name].split()[0].rpartition("/")[2]
