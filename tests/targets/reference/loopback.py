"""The reference stack as local processes, each host on its own loopback address; no router, no proxy."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from harness.model.event import Event, HealthReported, PhaseReached, Returned, RoleChanged
from harness.workloads.wire import LoadClient
from targets.reference.settings import Settings
from targets.reference.watch import ReferenceWatch
from targets.reference.written import plain

ROOT = Path(__file__).resolve().parents[3]
HOSTS = ("n1", "n2", "w1", "w2", "w3", "client1")
TOKEN = "of-this-stack-alone"


class LoopbackStack:
    """network: the third number of its addresses. Everything that it starts, it ends."""

    def __init__(self, folder: Path, *, network: int, settings: Settings, defect: str = "") -> None:
        self.folder, self.events = folder, list[Event]()
        self.addresses = {host: f"127.0.{network}.{index}" for index, host in enumerate(HOSTS, start=1)}
        self._settings, self._defect = settings, defect
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.watch: ReferenceWatch | None = None
        self.load: LoadClient | None = None

    # --- processes --------------------------------------------------------------------------

    def start(self) -> None:
        for host in HOSTS:
            self.start_host(host)
        self.watch = ReferenceWatch(
            [host for host in HOSTS if host[0] == "n"],
            [host for host in HOSTS if host[0] == "w"],
            token=TOKEN,
            order_token=TOKEN,
            dial=self.dial,
            emit=self.events.append,
            clock=lambda raw_s: raw_s,
        )
        self.load = LoadClient(
            host="client1", dial=self.dial, emit=self.events.append, clock=lambda raw_s: raw_s
        )

    def start_host(self, host: str) -> None:
        log = (self.folder / f"{host}.log").open("ab")
        with log:
            self._processes[host] = subprocess.Popen(
                self._words(host),
                cwd=ROOT,
                env={**os.environ, **self._environment(host)},
                stdout=log,
                stderr=log,
            )

    def restart_host(self, host: str) -> None:
        """All of it dies at once; its disk stays."""
        child = self.child(host) if host[0] == "n" else 0
        self._processes[host].kill()
        self._processes[host].wait(5)
        self.until(lambda: not child or not _runs(child))  # it dies with its agent
        self.start_host(host)

    def end(self) -> None:
        for part in (self.watch, self.load):
            if part is not None:
                part.close()
        for process in self._processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self._processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)

    def agent(self, host: str) -> int:
        return self._processes[host].pid

    def child(self, host: str) -> int:
        """The process that acknowledges; 0 when it is dead."""
        pid = self.agent(host)
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(text[0]) if text else 0

    def kill_child(self, host: str) -> float:
        """When it was killed."""
        at_s = time.monotonic()
        os.kill(self.child(host), signal.SIGKILL)
        return at_s

    def start_child(self, host: str) -> None:
        os.kill(self.agent(host), signal.SIGUSR1)

    def dial(self, host: str, port: int) -> socket.socket:
        return socket.create_connection((self.addresses[host], port), timeout=1)

    def log(self, host: str) -> str:
        return (self.folder / f"{host}.log").read_text()

    # --- what was told ----------------------------------------------------------------------

    def until(self, condition: Callable[[], object], *, within_s: float = 10.0) -> None:
        until_s = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > until_s:
                logs = "\n".join(f"--- {host}\n{self.log(host)[-2000:]}" for host in HOSTS)
                raise AssertionError(f"it did not come within {within_s} s\n{logs}")
            time.sleep(0.002)

    def primary(self) -> str:
        """The host that said last that it is primary, if it has not said otherwise since."""
        roles: dict[str, RoleChanged] = {}
        for event in [*self.events]:
            if isinstance(event, RoleChanged):
                roles[event.host] = event
        now = [event for event in roles.values() if event.role == "primary"]
        return max(now, key=lambda event: event.epoch).host if now else ""

    def standbys(self) -> set[str]:
        roles = {event.host: event.role for event in [*self.events] if isinstance(event, RoleChanged)}
        return {host for host, role in roles.items() if role == "standby"}

    def operations(self, *, after_s: float = 0.0) -> list[Returned]:
        return [one for one in [*self.events] if isinstance(one, Returned) and one.call_s >= after_s]

    def first_ack_s(self, *, after_s: float) -> float:
        """When the first write called after then was acknowledged; 0 for not yet."""
        times = [
            one.ret_s
            for one in self.operations(after_s=after_s)
            if one.outcome == "ok" and one.kind == "write" and one.ret_s is not None
        ]
        return min(times, default=0.0)

    def phases(self, *, after_s: float) -> list[tuple[str, float]]:
        return [
            (event.phase, event.at_s - after_s)
            for event in [*self.events]
            if isinstance(event, PhaseReached) and event.at_s >= after_s
        ]

    def ready(self) -> set[str]:
        health = {event.host: event.ready for event in [*self.events] if isinstance(event, HealthReported)}
        return {host for host, is_ready in health.items() if is_ready}

    # --- how each is started ----------------------------------------------------------------

    def _words(self, host: str) -> list[str]:
        if host == "client1":
            program = "harness.workloads.program"
            return [
                sys.executable,
                "-m",
                program,
                "--connector",
                "targets.reference.connector",
                "--host",
                host,
            ]
        module = "data_node" if host[0] == "n" else "witness_node"
        return [sys.executable, "-m", f"targets.reference.driver.{module}", host]

    def _environment(self, host: str) -> Mapping[str, str]:
        return {
            "FAILOVER_DRILL_BIND": self.addresses[host],
            "FAILOVER_DRILL_ADDRESSES": json.dumps(self.addresses),
            "FAILOVER_DRILL_DATA": f"{self.folder / host}",
            "FAILOVER_DRILL_SETTINGS": json.dumps(plain(self._settings)),
            "FAILOVER_DRILL_DEFECT": self._defect,
            "FAILOVER_DRILL_STACK_TOKEN": TOKEN,
        }


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@contextmanager
def running_stack(
    folder: Path, *, network: int, settings: Settings | None = None, defect: str = ""
) -> Iterator[LoopbackStack]:
    stack = LoopbackStack(folder, network=network, settings=settings or Settings(), defect=defect)
    try:
        stack.start()
        yield stack
    finally:
        stack.end()
