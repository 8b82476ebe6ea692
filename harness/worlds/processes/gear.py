"""What links the hosts, beside them: Toxiproxy, and the program with the gate, the injector and the rail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from msgspec import Struct

from harness.model.errors import WorldError
from harness.worlds.faults.resident import Resident
from harness.worlds.links.hub import Hub
from harness.worlds.links.mesh import Mesh
from harness.worlds.processes.places import HUB_PORT, RAIL_PORT, RESIDENT_PORT, has_rail, rail_token
from harness.worlds.processes.spawner import Spawner

_RESIDENT_WITHIN_S = 10.0


class Gear(Struct, frozen=True, kw_only=True):
    """processes: by the names of their logs."""

    hub: Hub
    resident: Resident
    processes: dict[str, subprocess.Popen[bytes]]


def started(mesh: Mesh, spawner: Spawner, *, toxiproxy: Path, folder: Path, token: str) -> Gear:
    """All links are there when it returns. Raises WorldError; what it leaves then is the caller's to end."""
    toxiproxy_process = spawner.spawn(
        "hub",
        (f"{toxiproxy}", f"-host={mesh.control_hub}", f"-port={HUB_PORT}"),
        {"LOG_LEVEL": "warn"},  # its default is a line for every connection
        folder,
    )
    known = {**_known(mesh, token), "FAILOVER_DRILL_HUB_PID": f"{toxiproxy_process.pid}"}
    beside = spawner.spawn("resident", _resident(mesh), known, folder)
    processes = {"hub": toxiproxy_process, "resident": beside}
    hub, resident = Hub(mesh.control_hub, HUB_PORT), Resident(mesh.control_hub, RESIDENT_PORT, token)
    try:
        resident.wait_until_ready(_RESIDENT_WITHIN_S)
        hub.create(mesh.proxies())
    except WorldError as error:
        resident.close()
        over = [name for name, process in processes.items() if process.poll() is not None]
        said = "\n".join(map(spawner.last_lines, over))
        raise WorldError(f"{error}\n{said}" if said else f"{error}") from error
    return Gear(hub=hub, resident=resident, processes=processes)


def _resident(mesh: Mesh) -> tuple[str, ...]:
    where = ("--host", mesh.control_hub, "--port", f"{RESIDENT_PORT}")
    return (sys.executable, "-m", "harness.worlds.inside.resident", *where)


def _known(mesh: Mesh, token: str) -> dict[str, str]:
    rails = [
        {"address": host.hub, "port": RAIL_PORT, "token": rail_token(token)}
        for host in mesh.hosts
        if has_rail(host)
    ]
    return {"FAILOVER_DRILL_TOKEN": token, "FAILOVER_DRILL_RAIL": json.dumps(rails)}
