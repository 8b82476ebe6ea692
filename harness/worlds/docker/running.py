"""Stacks that run now, whoever brought them up, and a way into one that no fault touches. By label alone."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from typing import Any

import docker
from msgspec import Struct

from harness.model.errors import DrillError, WorldError
from harness.worlds.docker.stack import engine
from harness.worlds.docker.stack.bringup import LOOPBACK
from harness.worlds.docker.stack.hostcontainers import HostContainers
from harness.worlds.docker.weaving.meshparts import RESIDENT_PORT
from harness.worlds.docker.weaving.ownership import RUN
from harness.worlds.faults.resident import Resident

_TOKEN = "FAILOVER_DRILL_TOKEN"


class RunningStack(Struct, frozen=True):
    """run: its id. addresses: of each host. environment: of each host's service."""

    run: str
    addresses: Mapping[str, str]
    environment: Mapping[str, Mapping[str, str]]
    resident: Resident

    def dial(self, host: str, port: int) -> socket.socket:
        """Raises OSError when nothing is there, also for a host that the stack does not have."""
        if host not in self.addresses:
            raise ConnectionError(f"the stack has no host '{host}'")
        return self.resident.dial(self.addresses[host], port)


def running(named: str) -> RunningStack:
    """The stack of the run with this id, or the only one when named is empty.

    Raises DrillError when there is none of that name, or several to choose from; WorldError.
    """
    client = engine.connect()
    try:
        return _of(client, chosen(_runs(client), named))
    finally:
        client.close()


def _runs(client: docker.DockerClient) -> list[str]:
    with engine.told_plainly("list the stacks that run"):
        rows = client.api.containers(filters={"label": [RUN, "failover-drill.part=resident"]})
    return sorted(row["Labels"][RUN] for row in rows)


def chosen(runs: Sequence[str], named: str) -> str:
    """Raises DrillError when that is none, or not only one."""
    if named in runs:
        return named
    there = f"there are {', '.join(runs)}" if runs else "no stack runs; `failover-drill up` brings one up"
    if named:
        raise DrillError(f"no stack of run '{named}' is there; {there}")
    if len(runs) != 1:
        raise DrillError(f"{there}; name one with --run" if runs else there)
    return runs[0]


def _of(client: docker.DockerClient, run: str) -> RunningStack:
    containers = HostContainers(client, run)
    inspected = {of.id: _inspect(client, of.id) for of in containers.all}
    part = {of.part: inspected[of.id] for of in containers.all}
    token = _environment(part["resident"]).get(_TOKEN, "")
    return RunningStack(
        run,
        {of.host: _address(inspected[of.id]) for of in containers.all if of.part == "sandbox"},
        {of.host: _environment(inspected[of.id]) for of in containers.all if of.part == "service"},
        Resident(LOOPBACK, containers.hub_port(RESIDENT_PORT), token),
    )


def _inspect(client: docker.DockerClient, container_id: str) -> Mapping[str, Any]:
    with engine.told_plainly("ask for the state of a running stack"):
        inspected: Mapping[str, Any] = client.api.inspect_container(container_id)
    return inspected


def _environment(inspected: Mapping[str, Any]) -> dict[str, str]:
    pairs = (row.partition("=") for row in inspected["Config"]["Env"] or [])
    return {name: value for name, _, value in pairs}


def _address(inspected: Mapping[str, Any]) -> str:
    for network in inspected["NetworkSettings"]["Networks"].values():
        if network["IPAddress"]:
            return str(network["IPAddress"])
    raise WorldError("a sandbox of the stack has no address; it is being removed, or the engine restarted")
