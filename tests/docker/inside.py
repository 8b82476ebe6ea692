"""A look from inside the hosts of a stack, through the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import docker
import yaml

from harness.worlds.docker.weaving.ownership import RUN

_CONNECT = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as it:
        it.sendall(b"hello\\n")
        print("said", it.makefile().readline().strip())
except OSError as error:
    print(type(error).__name__, error.errno)
"""


class Inside:
    """One run, by the folder that its woven file lies in."""

    def __init__(self, client: docker.DockerClient, folder: Path) -> None:
        self._client = client
        self.woven: dict[str, Any] = yaml.safe_load((folder / "compose.yaml").read_text())
        self.project: str = self.woven["name"]

    def containers(self) -> list[dict[str, Any]]:
        label = f"{RUN}={self.project.removeprefix('failover-drill-')}"
        rows: list[dict[str, Any]] = self._client.api.containers(all=True, filters={"label": label})
        return rows

    def container(self, service: str) -> Any:
        return self._client.containers.get(f"{self.project}-{service}-1")

    def run(self, service: str, *argv: str) -> str:
        """What a program in the service's container prints; its errors too."""
        said = self.container(service).exec_run(list(argv))
        return str(said.output.decode())

    def connect(self, service: str, address: str, port: int) -> str:
        """`said <line>`, or the error that a program there meets."""
        return self.run(service, "python3", "-c", _CONNECT, address, str(port)).strip()

    def address(self, service: str, network: str) -> str:
        """Of a service on a network, as the woven file gives it."""
        return str(self.woven["services"][service]["networks"][network]["ipv4_address"])

    def environment(self, service: str) -> dict[str, str]:
        script = "import json, os; print(json.dumps(dict(os.environ)))"
        found: dict[str, str] = json.loads(self.run(service, "python3", "-c", script))
        return found


def left_of(client: docker.DockerClient, run_id: str) -> list[str]:
    """The names of whatever a run still has in the engine."""
    label = {"label": f"{RUN}={run_id}"}
    return [
        *(str(row["Names"]) for row in client.api.containers(all=True, filters=label)),
        *(str(row["Name"]) for row in client.api.networks(filters=label)),
        *(str(row["Name"]) for row in client.api.volumes(filters=label)["Volumes"] or []),
    ]
