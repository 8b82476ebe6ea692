"""Removes what a run has in the engine, by its label alone, and looks until nothing is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import docker
import requests
from docker.errors import APIError
from msgspec import Struct

from harness.model.errors import WorldError
from harness.worlds.docker.stack.engine import told_plainly
from harness.worlds.docker.weaving.ownership import RUN

# What the engine had begun for a start that was broken off may land this much later.
LANDS_WITHIN_S = 2.0
_AT_ONCE = 8
_LOOK_EVERY_S = 0.1


class Thing(Struct, frozen=True):
    """Something of a run's in the engine."""

    kind: Literal["container", "network", "volume"]
    id: str
    name: str
    labels: Mapping[str, str]


def things(client: docker.DockerClient, *, run_id: str = "") -> list[Thing]:
    """All of one run, or of all runs. Raises WorldError."""
    label = {"label": [f"{RUN}={run_id}" if run_id else RUN]}
    with told_plainly("list what runs have in the engine"):
        return [*_containers(client, label), *_networks(client, label), *_volumes(client, label)]


def remove(client: docker.DockerClient, found: Iterable[Thing]) -> int:
    """Try once to remove these, containers first; how many went. What is refused now may go later."""
    found = list(found)
    removed = 0
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        for kinds in (("container",), ("network", "volume")):
            ours = [thing for thing in found if thing.kind in kinds]
            removed += sum(pool.map(lambda thing: _remove(client, thing), ours))
    return removed


def until_gone(
    client: docker.DockerClient,
    run_id: str,
    *,
    within_s: float,
    quiet_s: float = 0.0,
    before_each: Callable[[], int] = lambda: 0,
) -> int:
    """Remove all of a run until nothing has come up for quiet_s; how many things went.

    before_each: called before each look; what it returns, if not 0, counts as something that came up.
    Raises WorldError when something is still there after within_s.
    """
    removed, began_s = 0, time.monotonic()
    quiet_since_s = began_s
    while True:
        stirred = before_each()
        found = things(client, run_id=run_id)
        now_s = time.monotonic()
        if found or stirred:
            quiet_since_s = now_s
            removed += remove(client, found)
        elif now_s - quiet_since_s >= quiet_s:
            return removed
        if now_s - began_s > within_s:
            raise WorldError(_still_there(found, within_s))
        if not found:
            time.sleep(_LOOK_EVERY_S)


def _still_there(found: list[Thing], within_s: float) -> str:
    names = ", ".join(f"{thing.kind} {thing.name}" for thing in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return (
        f"the engine did not remove {names}{more} within {within_s:g} s\n"
        "  `failover-drill clean` tries again; if it fails as well, restart the engine"
    )


def _remove(client: docker.DockerClient, thing: Thing) -> bool:
    """Whether it went; the engine refuses what is in use or on its way out, and may be slow to answer."""
    try:
        match thing.kind:
            case "container":
                client.api.remove_container(thing.id, v=True, force=True)
            case "network":
                client.api.remove_network(thing.id)
            case "volume":
                client.api.remove_volume(thing.id)
    except (APIError, requests.RequestException):
        return False
    return True


def _containers(client: docker.DockerClient, label: Mapping[str, list[str]]) -> Iterator[Thing]:
    for row in client.api.containers(all=True, filters=dict(label)):
        name = (row.get("Names") or [row["Id"][:12]])[0].lstrip("/")
        yield Thing("container", row["Id"], name, row.get("Labels") or {})


def _networks(client: docker.DockerClient, label: Mapping[str, list[str]]) -> Iterator[Thing]:
    for row in client.api.networks(filters=dict(label)):
        yield Thing("network", row["Id"], row["Name"], row.get("Labels") or {})


def _volumes(client: docker.DockerClient, label: Mapping[str, list[str]]) -> Iterator[Thing]:
    for row in client.api.volumes(filters=dict(label)).get("Volumes") or []:
        yield Thing("volume", row["Name"], row["Name"], row.get("Labels") or {})
