"""The stack of the fault tests: four hosts that talk, and the ways to hurt and to watch them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker

from harness.model.fault import Link
from harness.model.plan import HostPlan
from harness.seams import ServiceProcess, Stack, StackHost
from harness.worlds.docker import composefile
from harness.worlds.docker.bringup import Bringup, Up
from harness.worlds.docker.injection import Injection
from harness.worlds.docker.lifetime import Lifetime

HOSTS = ("a", "b", "c", "d")
STATUS_PORT = 7001
_CHILD = ServiceProcess(kind="child", start_signal="SIGUSR1")
# Far more than any of this takes; what it guards against is "never".
PATIENCE_S = 20.0


def stack() -> Stack:
    return Stack(
        compose_file=str(Path(__file__).parent / "faultstack" / "compose.yaml"),
        hosts=tuple(
            StackHost(
                plan=HostPlan(name=name, role="data", ports=(7000,)),
                service=name,
                process=_CHILD if name in ("a", "b") else ServiceProcess(),
            )
            for name in HOSTS
        ),
        environment={},
        images={"failover-drill/mesh": "mesh"},
        client_port=7300,
    )


class FaultHosts:
    """Injection, and what the hosts say of each other, over links that no fault touches."""

    def __init__(self, up: Up) -> None:
        self.up = up
        self.injection = Injection(
            mesh=up.mesh, hub=up.hub, resident=up.resident, containers=up.containers, clock=lambda raw_s: raw_s
        )

    def told(self, source: str, destination: str) -> dict[str, Any]:
        """How source fares in its talk to destination: asked, answered, opened, refused, ended, round_trip_s."""
        with self.up.resident.dial(self.up.mesh.host(source).address, STATUS_PORT) as connection:
            connection.settimeout(5)
            connection.sendall(b"?\n")
            told: dict[str, dict[str, Any]] = json.loads(connection.makefile().readline())
        return told[destination]

    def talks(self, source: str, destination: str) -> bool:
        """Whether an answer comes within a moment."""
        before = self.told(source, destination)["answered"]
        time.sleep(0.15)
        return bool(self.told(source, destination)["answered"] > before)

    def all_talk(self, hosts: tuple[str, ...] = HOSTS) -> bool:
        return all(self.talks(a, b) for a in hosts for b in hosts if a != b)


def until(condition: Callable[[], bool]) -> None:
    give_up_s = time.monotonic() + PATIENCE_S
    while not _held(condition):
        assert time.monotonic() < give_up_s, "it never came to be"
        time.sleep(0.02)


def _held(condition: Callable[[], bool]) -> bool:
    """A host that is only just starting does not answer yet."""
    try:
        return condition()
    except OSError:
        return False


def both_ways(a: str, b: str) -> tuple[Link, ...]:
    return (Link(a, b), Link(b, a))


@contextmanager
def running(client: docker.DockerClient, folder: Path) -> Iterator[FaultHosts]:
    """Brought up as any stack, and gone at the end."""
    lifetime = Lifetime(client, folder)
    try:
        compose = composefile.read(stack().compose_file)
        up = Bringup(
            client=client,
            stack=stack(),
            compose=compose,
            run=lifetime.run,
            folder=folder,
            say=lambda text: None,
        ).up()
        hosts = FaultHosts(up)
        until(hosts.all_talk)
        yield hosts
        up.resident.close()
        lifetime.end(keep=False)
    except BaseException:
        lifetime.abandon()
        raise
