"""The stack of the fault tests: four hosts that talk, and the ways to hurt and to watch them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import docker
import msgspec
from msgspec import Struct

from harness.model.event import Applied
from harness.model.fault import Fault, Link
from harness.model.plan import HostPlan
from harness.seams import ServiceProcess, Stack, StackHost
from harness.worlds.docker.stack.bringup import Bringup, Up
from harness.worlds.docker.stack.freezing import CgroupFreezer
from harness.worlds.docker.stack.lifetime import Lifetime
from harness.worlds.docker.stack.straining import DockerStraining
from harness.worlds.docker.weaving import composefile
from harness.worlds.faults.injection import Injection

HOSTS = ("a", "b", "c", "d")
STATUS_PORT = 7001
_CHILD = ServiceProcess(kind="child", start_signal="SIGUSR1")
PAIRS = tuple((source, destination) for source in HOSTS for destination in HOSTS if source != destination)
# A conversation takes 6 ms where nothing is wrong.
_MOMENT_S = 0.3
_STATUS_WITHIN_S = 2.0
# Far more than any of this takes; what it guards against is "never".
PATIENCE_S = 20.0


class Told(Struct, frozen=True):
    """Of one host's talk to another: questions and answers, connections opened, refused and ended.

    round_trip_s: of the last answer; longest_s: the longest so far.
    """

    asked: int
    answered: int
    opened: int
    refused: int
    ended: int
    round_trip_s: float
    longest_s: float


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
        self.freezer = CgroupFreezer(up.containers, up.resident)
        self.injection = Injection(
            mesh=up.mesh,
            hub=up.hub,
            resident=up.resident,
            containers=up.containers,
            freezer=self.freezer,
            straining=DockerStraining(
                up.containers, up.resident, lambda host: up.mesh.host(host).stack.process
            ),
            clock=lambda raw_s: raw_s,
        )

    @contextmanager
    def under(self, fault: Fault, fault_id: str = "f") -> Iterator[Applied]:
        """The fault is in force inside, and over when all talk again."""
        yield self.injection.inject(fault_id, fault)
        self.injection.heal(fault_id)
        until(self.all_talk)

    def told(self, source: str, destination: str) -> Told:
        """How source fares in its talk to destination."""
        return self._told(source)[destination]

    def talk(self, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of the pairs that get an answer within a moment."""
        asked = list(pairs)
        before = {source: self._told(source) for source, _ in asked}
        time.sleep(_MOMENT_S)
        after = {source: self._told(source) for source, _ in asked}
        return {(s, d) for s, d in asked if after[s][d].answered > before[s][d].answered}

    def all_talk(self) -> bool:
        return self.talk(PAIRS) == set(PAIRS)

    def _told(self, source: str) -> dict[str, Told]:
        with self.up.resident.dial(self.up.mesh.host(source).address, STATUS_PORT) as connection:
            connection.settimeout(_STATUS_WITHIN_S)
            connection.sendall(b"?\n")
            with connection.makefile("rb") as lines:
                return msgspec.json.decode(lines.readline(), type=dict[str, Told])


def until(condition: Callable[[], bool]) -> None:
    """A host that is only just starting does not answer yet."""
    give_up_s = time.monotonic() + PATIENCE_S
    while True:
        with suppress(OSError, msgspec.DecodeError):
            if condition():
                return
        assert time.monotonic() < give_up_s, "it never came to be"
        time.sleep(0.02)


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
            own_disks=True,
        ).up()
        hosts = FaultHosts(up)
        until(hosts.all_talk)
        yield hosts
        up.resident.close()
        lifetime.end(keep=False)
    except BaseException:
        lifetime.abandon()
        raise
