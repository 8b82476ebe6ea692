"""The reference stack as processes of this machine: each host's program, as its container would run it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from harness.seams import LocalPlace, LocalProgram, Stack, StackHost

_CONNECTOR = "targets.reference.connector"
_MODULES = {"data": "data_node", "witness": "witness_node", "fence": "fence_node"}
# As compose.yaml has them.
_GRACE_S, _CLIENT_GRACE_S = 2.0, 1.0

_SERVER = re.compile(r"^(?P<lead> *server (?P<name>\S+) )(?P=name)(?P<port>:\d+) *$", re.MULTILINE)


class ReferenceLocal:
    """Offers harness.seams.Local."""

    def needs(self) -> Mapping[str, str]:
        return {"haproxy": "the stack's router: as root on Debian or Ubuntu `apt-get install haproxy`"}

    def program(self, stack: Stack, host: StackHost, place: LocalPlace) -> LocalProgram:
        name = host.plan.name
        match host.plan.role:
            case "router":
                return _router(Path(stack.compose_file).parent, place)
            case "client":
                words = ("harness.workloads.program", "--connector", _CONNECTOR, "--host", name)
                return LocalProgram(argv=_python(*words), environment=_where(place), grace_s=_CLIENT_GRACE_S)
            case "data" | "witness" | "fence" as role:
                return LocalProgram(
                    argv=_python(f"targets.reference.driver.{_MODULES[role]}", name),
                    environment={**stack.environment, **_where(place)},
                    grace_s=_GRACE_S,
                )
            case "other":
                raise ValueError(f"{name} is no host of the reference stack")


def _python(module: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *words)


def _where(place: LocalPlace) -> dict[str, str]:
    rail = {"FAILOVER_DRILL_RAIL": place.rail, "FAILOVER_DRILL_RAIL_TOKEN": place.rail_token}
    return {
        "FAILOVER_DRILL_BIND": place.address,
        "FAILOVER_DRILL_ADDRESSES": json.dumps(dict(place.peers)),
        "FAILOVER_DRILL_DATA": f"{place.folder}",
        **(rail if place.rail else {}),
    }


def _router(shipped: Path, place: LocalPlace) -> LocalProgram:
    """HAProxy with the configuration that is shipped, its names and folders put where they are here."""
    state = (shipped / "down.state").read_text()
    rows = [line for line in state.splitlines() if not _absent(line, place.peers)]
    files = {
        "haproxy.cfg": configuration((shipped / "haproxy.cfg").read_text(), place),
        "down.state": "\n".join(rows) + "\n",
    }
    return LocalProgram(
        argv=("haproxy", "-db", "-f", f"{place.folder / 'haproxy.cfg'}"),
        environment={},
        files=files,
        grace_s=_CLIENT_GRACE_S,
    )


def configuration(shipped: str, place: LocalPlace) -> str:
    """Its listeners at the router's own address, each server at its stand-in's; without who is not there."""

    def server(line: re.Match[str]) -> str:
        address = place.peers.get(line["name"])
        return f"{line['lead']}{address}{line['port']}" if address else f"    # no {line['name']} here"

    placed = _SERVER.sub(server, shipped).replace("/etc/haproxy/down.state", f"{place.folder / 'down.state'}")
    return placed.replace("ipv4@*:", f"ipv4@{place.address}:").replace("bind *:", f"bind {place.address}:")


def _absent(line: str, peers: Mapping[str, str]) -> bool:
    """A row of the state file names backend and server in its second and fourth column."""
    fields = line.split()
    return len(fields) > 3 and fields[0].isdecimal() and fields[3] not in peers
