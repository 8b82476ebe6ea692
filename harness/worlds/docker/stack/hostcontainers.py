"""The containers of a run, by host: what injection needs of the engine, and their logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError
from msgspec import Struct

from harness.model.errors import WorldError
from harness.seams import NOT_RUN
from harness.setup.programs import run
from harness.worlds.docker.stack.engine import told_plainly
from harness.worlds.docker.weaving.ownership import HOST, PART, RUN

_SERVICE = "com.docker.compose.service"
_LOGS_AT_ONCE = 4
_LAST_LINES = 5
_BEYOND_ALL_BYTES = 1 << 50
_OUTPUT_MAX, _TIMED_OUT = 2000, (124, 137)
# What Docker waits between SIGTERM and SIGKILL when nothing else was said.
_GRACE_S = 10.0


class Container(Struct, frozen=True):
    """part: service, sandbox, hub or resident. host: empty for what belongs to no host."""

    id: str
    service: str
    part: str
    host: str


class HostContainers:
    """Offers harness.worlds.faults.containers.Containers. Looks once which containers there are."""

    def __init__(self, client: docker.DockerClient, run_id: str) -> None:
        """Raises WorldError."""
        self._client, self._run_id = client, run_id
        with told_plainly("list the run's containers"):
            rows = client.api.containers(all=True, filters={"label": f"{RUN}={run_id}"})
        self.all = tuple(_container(row["Id"], row["Labels"]) for row in rows)
        self._services = {of.host: of for of in self.all if of.part == "service" and of.host}
        self._sandboxes = {of.host: of for of in self.all if of.part == "sandbox"}

    def main_pid(self, host: str) -> int:
        return int(self._inspected(self._services[host])["State"]["Pid"])

    def sandbox_pid(self, host: str) -> int:
        return int(self._inspected(self._sandboxes[host])["State"]["Pid"])

    def grace_s(self, host: str) -> float:
        stated = self._inspected(self._services[host])["Config"].get("StopTimeout")
        return _GRACE_S if stated is None else float(stated)

    def start(self, host: str) -> None:
        with told_plainly(f"start {host} again"):
            self._client.api.start(self._services[host].id)

    def kill(self, host: str) -> None:
        with told_plainly(f"kill {host}"):
            self._client.api.kill(self._services[host].id)

    def pause(self, host: str) -> None:
        with told_plainly(f"pause {host}"):
            self._client.api.pause(self._services[host].id)

    def unpause(self, host: str) -> None:
        with told_plainly(f"resume {host}"):
            self._client.api.unpause(self._services[host].id)

    def run_in(self, host: str, words: Sequence[str], within_s: float) -> tuple[int, str]:
        """Offers harness.seams.Inside, by the engine's own command: that one can be given up."""
        done = run(["docker", "exec", self._services[host].id, *words], limit_s=within_s)
        # A complaint is what it said only where it failed: a pipe's last program may end with 0 all the same.
        said = done.stdout or ("" if done.ok else done.last_lines)
        return (NOT_RUN if _told_by_engine(done.stderr) else done.returncode), said

    def give_processor(self, host: str, *, quota_us: int, period_us: int) -> None:
        """So much of each period from now on, while it runs and when it starts again; -1 for no limit."""
        with told_plainly(f"limit the processor of {host}"):
            self._client.api.update_container(
                self._services[host].id, cpu_period=period_us, cpu_quota=quota_us
            )

    def give_memory(self, host: str, limit_bytes: int) -> None:
        """No more than that from now on, swapped or not; 0 for as much as there is.

        An engine takes no limit away: it is set beyond all memory then.
        """
        much_bytes = limit_bytes or _BEYOND_ALL_BYTES
        with told_plainly(f"limit the memory of {host}"):
            self._client.api.update_container(
                self._services[host].id, mem_limit=much_bytes, memswap_limit=much_bytes
            )

    def own_memory_bytes(self, host: str) -> int:
        """The limit that it has now, by its compose file or by us; 0 for none."""
        return int(self._inspected(self._services[host])["HostConfig"].get("Memory") or 0)

    def has_cpus(self, host: str) -> bool:
        """Whether the compose file gives it a number of processors, which no running container changes."""
        return bool(self._inspected(self._services[host])["HostConfig"].get("NanoCpus"))

    def begin(self, host: str, argv: Sequence[str]) -> None:
        """Start a program of its own in the service's container; nobody waits for it."""
        with told_plainly(f"start {argv[0]} on {host}"):
            container = self._services[host].id
            made = self._client.api.exec_create(container, list(argv), stdout=False, stderr=False)
            self._client.api.exec_start(made["Id"], detach=True)

    def execute(self, host: str, argv: Sequence[str], within_s: float) -> tuple[int, str]:
        """A command in the service's container: its exit code, and the end of all that it printed.

        It is ended when its time is over, by the container's own `timeout`: 124, or 137 where it would not.
        """
        # One stream from the start: of two the engine keeps no order.
        merged = ["sh", "-c", 'exec "$@" 2>&1', "sh"]
        bounded = [*merged, "timeout", "-k", "1", f"{within_s:g}", *argv]
        with told_plainly(f"run {argv[0]} on {host}"):
            made = self._client.api.exec_create(self._services[host].id, bounded)
            said = self._client.api.exec_start(made["Id"])
            code = self._client.api.exec_inspect(made["Id"])["ExitCode"]
        text = said.decode(errors="replace").strip()[-_OUTPUT_MAX:]
        return int(code), f"not over after {within_s:g} s; {text}" if code in _TIMED_OUT else text

    def hub_port(self, port: int) -> int:
        """Where the engine publishes a port of the hub's on 127.0.0.1. Raises WorldError."""
        hub = next((of for of in self.all if of.part == "hub"), None)
        ports = self._inspected(hub)["NetworkSettings"]["Ports"] if hub else {}
        published = ports.get(f"{port}/tcp")
        if not published:
            raise WorldError(
                f"the engine did not publish the hub's port {port}\n  `docker ps` shows what runs; try again"
            )
        return int(published[0]["HostPort"])

    def stopped(self) -> tuple[tuple[Container, int], ...]:
        """Those that have ended, with their exit codes."""
        with told_plainly("list the containers that have ended"):
            rows = self._client.api.containers(
                all=True, filters={"label": f"{RUN}={self._run_id}", "status": ["exited", "dead"]}
            )
        ended = {row["Id"] for row in rows}
        return tuple((of, int(self._inspected(of)["State"]["ExitCode"])) for of in self.all if of.id in ended)

    def runs(self, container_id: str) -> bool:
        with told_plainly("ask for a container's state"):
            return bool(self._client.api.inspect_container(container_id)["State"]["Running"])

    def last_lines(self, of: Container) -> str:
        """The end of its log, indented for an error; what hinders, when it cannot be had."""
        try:
            said = self._client.api.logs(of.id, tail=_LAST_LINES)
        except (APIError, OSError) as error:
            return f"    (no log: {error})"
        lines = said.decode(errors="replace").splitlines() or ["(it said nothing)"]
        return "\n".join(f"    {line}" for line in lines)

    def save_logs(self, folder: Path) -> None:
        """Every container's whole log as `<service>.log`, each line with its UTC time. Raises WorldError."""
        with told_plainly("save the containers' logs"):
            folder.mkdir(exist_ok=True)
            with ThreadPoolExecutor(max_workers=_LOGS_AT_ONCE) as pool:
                list(pool.map(lambda of: self._save_log(of, folder / f"{of.service}.log"), self.all))

    def _save_log(self, of: Container, path: Path) -> None:
        with _unreadable_is_told(path), path.open("wb") as file:
            for chunk in self._client.api.logs(of.id, stream=True, follow=False, timestamps=True):
                file.write(chunk)
        if of.part != "service" and not path.stat().st_size:
            path.unlink()  # the mesh's own have nothing to say unless something is wrong

    def _inspected(self, of: Container) -> Mapping[str, Any]:
        with told_plainly(f"ask for the state of {of.service}"):
            inspected: Mapping[str, Any] = self._client.api.inspect_container(of.id)
        return inspected


def _told_by_engine(said: str) -> bool:
    """It could not begin; a program that is not there is the person's to mend, and no silence of the host."""
    began = ("Error response from daemon", "Error: No such container", "OCI runtime exec failed")
    return said.startswith(began) and "executable file not found" not in said


def _container(container_id: str, labels: Mapping[str, str]) -> Container:
    return Container(container_id, labels[_SERVICE], labels.get(PART, ""), labels.get(HOST, ""))


@contextmanager
def _unreadable_is_told(path: Path) -> Iterator[None]:
    """A logging driver of the person's own may keep nothing that the engine could give back."""
    try:
        yield
    except APIError as error:
        path.write_text(f"the engine gives no log: {error.explanation or error}\n")
