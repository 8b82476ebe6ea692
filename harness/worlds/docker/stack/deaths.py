"""Follows the engine's events: a container that ends without a fault to explain it breaks the world."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import docker
import requests
from docker.errors import DockerException

from harness.model.errors import WorldError
from harness.worlds.docker.stack.engine import told_plainly
from harness.worlds.docker.stack.hostcontainers import Container, HostContainers
from harness.worlds.docker.weaving.ownership import RUN


class DeathWatch:
    """A thread, until closed. broke is called from it, at most once for each container that ended."""

    def __init__(
        self,
        client: docker.DockerClient,
        run_id: str,
        containers: HostContainers,
        *,
        explained: Callable[[str], bool],
        broke: Callable[[BaseException], None],
    ) -> None:
        """Raises WorldError, also when one that is needed has ended already."""
        self._containers, self._explained, self._broke = containers, explained, broke
        self._by_id = {of.id: of for of in containers.all}
        self._closed = False
        with told_plainly("follow the engine's events"):
            self._events = client.api.events(
                decode=True, filters={"type": "container", "event": "die", "label": f"{RUN}={run_id}"}
            )
        for of, exit_code in containers.stopped():
            if _needed(of):
                raise self._ended(of, exit_code)
        self._thread = threading.Thread(target=self._follow, name="deaths", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed = True
        with suppress(DockerException, OSError, AttributeError):
            self._events.close()
        self._thread.join(timeout=1)

    def _follow(self) -> None:
        reason = "its stream of events ended"
        try:
            for event in self._events:
                self._died(event["id"], int(event["Actor"]["Attributes"].get("exitCode", "0")))
        except (DockerException, requests.RequestException, OSError, ValueError) as error:
            reason = str(error)
        except WorldError as error:
            reason = str(error)
        self._tell(
            WorldError(
                f"the Docker engine went away: {reason}\n"
                "  start it again (`failover-drill setup`), then `failover-drill clean`"
            )
        )

    def _died(self, container_id: str, exit_code: int) -> None:
        of = self._by_id[container_id]
        if not _needed(of) or (of.part == "service" and self._explained(of.host)):
            return
        # Told late, and started again by the end of its fault: then it was explained.
        if not self._containers.runs(of.id):
            self._tell(self._ended(of, exit_code))

    def _ended(self, of: Container, exit_code: int) -> WorldError:
        who = of.service if of.part == "service" else f"the mesh's {of.service}"
        return WorldError(
            f"{who} ended by itself, with exit code {exit_code}; its last lines:\n"
            f"{self._containers.last_lines(of)}\n  all of it: logs/{of.service}.log in the run's folder"
        )

    def _tell(self, error: WorldError) -> None:
        if not self._closed:
            self._broke(error)


def _needed(of: Container) -> bool:
    """A service of no host, that makes something ready for the others, may well end."""
    return bool(of.host) or of.part != "service"
