"""The reference stack's programs as processes of one machine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from harness import planner
from harness.seams import LocalPlace, LocalProgram, Stack
from harness.setup import images
from harness.setup.programs import environment
from targets.reference.local import ReferenceLocal
from targets.reference.target import REFERENCE
from tests.drillfile.written import read

DRILL = """\
drill: d
target: reference
settings: {reference: {fence: device}}
steps: [{kill: primary, until: 1s}]
expect: {lost_writes: 0}
"""
PLAN = planner.plan(read(DRILL), REFERENCE, world="processes", seed=1, trials=1, defect="")
PEERS = {"n1": "127.77.1.100", "n2": "127.77.1.101", "w1": "127.77.1.102"}


def stack() -> Stack:
    return REFERENCE.stack(PLAN, images.ROOT / "compose")


def program(name: str, folder: Path, *, rail: str = "") -> LocalProgram:
    of = stack()
    host = next(host for host in of.hosts if host.plan.name == name)
    place = LocalPlace(address="127.77.1.10", folder=folder, peers=PEERS, rail=rail, rail_token="r")
    return ReferenceLocal().program(of, host, place)


@pytest.mark.parametrize(("name", "module"), [("n1", "data_node"), ("w1", "witness_node")])
def test_a_node_runs_its_own_program_at_its_own_address_with_the_stack_s_token(
    name: str, module: str, tmp_path: Path
) -> None:
    it = program(name, tmp_path)
    assert it.argv[-2:] == (f"targets.reference.driver.{module}", name)
    assert it.environment["FAILOVER_DRILL_BIND"] == "127.77.1.10"
    assert json.loads(it.environment["FAILOVER_DRILL_ADDRESSES"]) == PEERS
    assert it.environment["FAILOVER_DRILL_DATA"] == f"{tmp_path}"
    assert len(it.environment["FAILOVER_DRILL_STACK_TOKEN"]) == 32


def test_a_client_is_told_no_token(tmp_path: Path) -> None:
    assert not [key for key in program("client1", tmp_path).environment if "TOKEN" in key]


def test_the_fence_device_is_told_where_its_switches_are(tmp_path: Path) -> None:
    it = program("fence", tmp_path, rail="127.77.9.2:7401")
    assert it.environment["FAILOVER_DRILL_RAIL"] == "127.77.9.2:7401"
    assert it.environment["FAILOVER_DRILL_RAIL_TOKEN"] == "r"
    assert "FAILOVER_DRILL_RAIL" not in program("n1", tmp_path).environment


def test_the_router_listens_at_its_own_address_alone_and_knows_those_who_are_there(tmp_path: Path) -> None:
    it = program("router", tmp_path)
    configuration, state = it.files["haproxy.cfg"], it.files["down.state"]
    assert "*:" not in configuration
    assert "bind 127.77.1.10:7000" in configuration
    assert "stats socket ipv4@127.77.1.10:9999" in configuration
    assert "server n2 127.77.1.101:7000" in configuration
    assert "server n3" not in configuration
    assert f"server-state-file {tmp_path}/down.state" in configuration
    assert [line.split()[3] for line in state.splitlines() if line.startswith("3 ")] == ["n1", "n2"]


@pytest.mark.processes
def test_haproxy_takes_that_configuration(tmp_path: Path) -> None:
    it = program("router", tmp_path)
    for name, text in it.files.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["haproxy", "-c", "-f", f"{tmp_path}/haproxy.cfg"],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # As shipped: until its first check every node counts as down.
    for node in ("n1", "n2"):
        assert f"Server data/{node} is DOWN, changed from server-state" in done.stderr
