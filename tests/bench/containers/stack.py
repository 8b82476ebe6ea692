"""A reference stack in containers, for measuring: brought up, looked at, looked into, removed at the end."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import docker
import msgspec
from msgspec import Struct

from harness import drillfile, planner
from harness.model.errors import WorldError
from harness.setup.images import ROOT
from harness.worlds.docker.running import RunningStack, running
from harness.worlds.docker.stack import engine
from harness.worlds.docker.stack.bringup import Bringup
from harness.worlds.docker.stack.hostcontainers import HostContainers
from harness.worlds.docker.stack.lifetime import Lifetime
from harness.worlds.docker.weaving import composefile
from targets.reference.ctl import outside
from targets.reference.ctl.acts import Acts
from targets.reference.ctl.view import View
from targets.reference.driver.surroundings import HEALTH_PORT, SETTINGS
from targets.reference.settings import Settings
from targets.reference.target import REFERENCE
from tests.bench.containers import closedloop
from tests.bench.containers.closedloop import Order, Took

_PERIOD_US = 100_000
_UNLIMITED = -1
_STEADY_WITHIN_S = 30.0
_LOOK_EACH_S = 0.25
_DRILL = """\
drill: bench
target: reference
settings:
  reference: {{replication: sync, detector: {{interval: {interval_ms}ms, timeout: 100ms, threshold: 3}}}}
load: {{writers: 1, rate: 1/s}}
steps:
  - wait: {{for: steady, within: 20s}}
  - hold: 1s
expect: {{lost_writes: 0}}
"""


class MeasuredStack(Struct, frozen=True):
    """main_pids: of each host's service, as this machine numbers them."""

    client: docker.DockerClient
    running: RunningStack
    main_pids: Mapping[str, int]
    services: Mapping[str, str]
    settings: Settings

    def look(self) -> View:
        to = outside.way(self.running.environment, self.running.dial)
        return Acts(self.settings, to, say=lambda text: None, by="bench").look()

    def until_steady(self) -> View:
        """Somebody serves, and every node is eligible. Raises WorldError when that does not come."""
        until_s = time.monotonic() + _STEADY_WITHIN_S
        while time.monotonic() < until_s:
            seen = self.look()
            if seen.certain and seen.serving and len(seen.register.eligible) == len(self.settings.nodes):
                return seen
            time.sleep(_LOOK_EACH_S)
        raise WorldError(
            f"the stack was not steady within {_STEADY_WITHIN_S:.0f} s\n  measure again on a quiet machine"
        )

    def load(self, host: str, order: Order) -> Took:
        """Run inside the host's container. Raises WorldError with what it said when it did not end well."""
        program = Path(closedloop.__file__).read_text()
        words = ["python3", "-c", program, msgspec.json.encode(order).decode()]
        with engine.told_plainly(f"run the load on {host}"):
            ordered = self.client.api.exec_create(self.services[host], words)
            out, err = self.client.api.exec_start(ordered["Id"], demux=True)
            code = self.client.api.exec_inspect(ordered["Id"])["ExitCode"]
        if code or out is None:
            raise WorldError(f"the load on {host} ended with {code}: {(err or b'').decode()[-2000:]}")
        return msgspec.json.decode(out, type=Took)

    def commits(self, host: str) -> float:
        """Group commits of a data node since its start, by its own metrics. Raises WorldError."""
        try:
            with self.running.dial(host, HEALTH_PORT) as connection:
                connection.settimeout(5.0)
                connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
                page = b"".join(iter(lambda: connection.recv(1 << 16), b"")).decode()
        except OSError as error:
            raise WorldError(
                f"{host} told no metrics: {error}\n  `failover-drill ctl status` looks at it"
            ) from error
        return commits_in(page)

    @contextmanager
    def starved(self, hosts: list[str], share: float) -> Iterator[None]:
        """Each host's container on this share of one CPU."""
        try:
            self._limit(hosts, round(share * _PERIOD_US))
            yield
        finally:
            self._limit(hosts, _UNLIMITED)

    def _limit(self, hosts: list[str], quota_us: int) -> None:
        with engine.told_plainly("limit the containers' CPU"):
            for host in hosts:
                self.client.api.update_container(
                    self.services[host], cpu_period=_PERIOD_US, cpu_quota=quota_us
                )


def commits_in(page: str) -> float:
    """A page of metrics -> how many group commits it counts. Raises WorldError when it counts none."""
    found = re.search(r"^failover_fsync_seconds_count (\S+)$", page, re.MULTILINE)
    if not found:
        raise WorldError(
            "the metrics count no failover_fsync_seconds\n  `failover-drill setup` builds the images again"
        )
    return float(found[1])


@contextmanager
def stack(interval_ms: int) -> Iterator[MeasuredStack]:
    """With heartbeats this often. Whatever ends the block, all that belongs to it is removed."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="failover-drill-bench-")))
        file = folder / "bench.yaml"
        file.write_text(_DRILL.format(interval_ms=interval_ms))
        (drill,) = drillfile.read_all([file], folder)
        wanted = REFERENCE.stack(
            planner.plan(drill, REFERENCE, world="docker", seed=1, trials=1, defect=""), ROOT / "compose"
        )
        client = engine.connect()
        held.callback(client.close)
        engine.must_share_the_kernel(client)
        lifetime = Lifetime(client, folder)
        try:
            up = Bringup(
                client=client,
                stack=wanted,
                compose=composefile.read(wanted.compose_file, wanted.profiles),
                run=lifetime.run,
                folder=folder,
                say=lambda text: None,
            ).up()
            held.callback(up.resident.close)
        except BaseException:
            lifetime.abandon()
            raise
        held.callback(lifetime.end, keep=False)
        yield _measured(client, lifetime.run.id, up.containers)


def _measured(client: docker.DockerClient, run: str, containers: HostContainers) -> MeasuredStack:
    there = running(run)
    held = {host: of[SETTINGS] for host, of in there.environment.items() if SETTINGS in of}
    settings = msgspec.json.decode(next(iter(held.values())), type=Settings)
    return MeasuredStack(
        client,
        there,
        {host: containers.main_pid(host) for host in held},
        {of.host: of.id for of in containers.all if of.part == "service" and of.host},
        settings,
    )
