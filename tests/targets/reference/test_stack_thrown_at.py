"""A stack of real processes whose every port is thrown garbage at, while clients write and read."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.model.event import RoleChanged
from targets.reference.settings import Detector, Settings
from tests.docker import thrower
from tests.targets.reference.loopback import LoopbackStack, running_stack
from tests.targets.reference.test_stack import acknowledged, load_to, told

# Patient, since what throws runs on the same machine.
SETTINGS = Settings(lease_s=4.0, detector=Detector(interval_s=0.2, timeout_s=0.5, threshold=7))
PORTS = {
    **{host: {"peers": 7000, "entry": 7100, "health": 8008} for host in ("n1", "n2")},
    **{host: {"peers": 7200, "entry": 7100, "health": 8008} for host in ("w1", "w2", "w3")},
}
THROWN_S = 4
_METRIC = re.compile(r'^failover_refused_input_total{port="(\w+)",reason="([\w ]+)"} (\d+)', re.MULTILINE)


def thrown_at(stack: LoopbackStack) -> None:
    places = [f"{stack.addresses[host]}:{port}" for host, ports in PORTS.items() for port in ports.values()]
    done = subprocess.run(
        [sys.executable, thrower.__file__, f"{THROWN_S}", "7", *places],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert all(int(place.rpartition("=")[2]) > 0 for place in done.stdout.split()), done.stdout


def refused(stack: LoopbackStack, host: str) -> dict[tuple[str, str], int]:
    with stack.dial(host, 8008) as http:
        http.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        said = b""
        while chunk := http.recv(1 << 16):
            said += chunk
    return {(port, why): int(count) for port, why, count in _METRIC.findall(said.decode())}


@pytest.mark.slow
def test_nobody_fails_over_nothing_is_lost_and_every_port_is_counted(tmp_path: Path) -> None:
    with running_stack(tmp_path, network=97, settings=SETTINGS) as stack:
        # Nothing here is about how fast a busy machine is.
        stack.until(lambda: stack.primary() and "rejoined" in told(stack, 0.0), within_s=60)
        primary, begun_s = stack.primary(), time.monotonic()
        load_to(stack, primary, "t1")
        stack.until(lambda: len(acknowledged(stack)) > 20, within_s=60)
        thrown_at(stack)
        since = len(acknowledged(stack))
        # An agent's counts reach its child within a second.
        stack.until(
            lambda: all({port for port, _ in refused(stack, host)} == {*PORTS[host]} for host in PORTS)
        )
        stack.until(lambda: len(acknowledged(stack)) > since + 20, within_s=60)
        assert not [one for one in stack.events if isinstance(one, RoleChanged) and one.at_s > begun_s]
        assert stack.watch is not None
        kept = acknowledged(stack)
        _, values = stack.watch.read_all(primary, "t1")
        assert kept <= {*values}
        for host in PORTS:
            closed = [line for line in stack.log(host).splitlines() if ": closed a connection" in line]
            counts = refused(stack, host)
            assert 0 < len(closed) <= 2 * len(counts) < sum(counts.values())
            assert "Traceback" not in stack.log(host)
