"""Garbage at every port of every host of a stack under load: nothing fails over, nothing is lost.

It is thrown from inside the mesh: by each host at its own ports, and by a client at all that it can reach. A
host that believed it would give up a reign, obey, or fill its memory.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import docker
import msgspec
import pytest

from harness.model.verdict import Verdict
from reports.machine import Output
from tests.docker import thrower
from tests.docker.inside import Inside

pytestmark = [pytest.mark.docker, pytest.mark.slow]

# The detector is patient: a small machine has its hands full with so many throwers. Who believed what they
# throw would give up its reign at once all the same.
DRILL = """\
drill: garbage
target: reference
settings:
  reference:
    {replication: sync, fence: device, lease: 8s, detector: {interval: 500ms, timeout: 3s, threshold: 7}}
load: {writers: 4, rate: 20/s, readers: 2, read_rate: 20/s}
steps:
  - wait: {for: steady, within: 30s}
  - hold: 22s
expect: {lost_writes: 0, rpo: 0s, split_brain: never, stale_reads: 0, failovers: 0, false_failovers: 0}
"""
PORTS = {
    **{host: {"peers": 7000, "entry": 7100, "health": 8008} for host in ("n1", "n2")},
    **{host: {"peers": 7200, "entry": 7100, "health": 8008} for host in ("w1", "w2", "w3")},
    "fence": {"fence": 8000, "health": 8008},
}
FROM_A_CLIENT = (
    "n1:7000",
    "n2:7000",
    "w1:7200",
    "w2:7200",
    "w3:7200",
    "router:7000",
    "fence:8000",
    "n1:8008",
)
THROWN_S = 8
GROWTH_KIB_MAX = 48 * 1024
_METRIC = re.compile(r'^failover_refused_input_total{port="(\w+)",reason="([\w ]+)"} (\d+)', re.MULTILINE)
_SCRAPE = (
    "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:8008/metrics').read().decode())"
)
_RSS = "import glob, re; print(sum(int(m[1]) for f in glob.glob('/proc/[0-9]*/status') if " + (
    "(t := open(f).read()) and 'python3' in t and (m := re.search(r'VmRSS:\\s+(\\d+)', t))))"
)


def until(condition: Callable[[], object], *, within_s: float) -> None:
    until_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until_s, "it did not come in time"
        time.sleep(0.2)


def begun(tmp_path: Path, said: IO[str]) -> subprocess.Popen[str]:
    (tmp_path / "garbage.yaml").write_text(DRILL)
    words = ["run", f"{tmp_path / 'garbage.yaml'}", "--trials", "1", "--seed", "7", "--json"]
    return subprocess.Popen(
        [sys.executable, "-m", "harness.cli", *words, "--out", f"{tmp_path / 'runs'}"],
        stdout=subprocess.PIPE,
        stderr=said,
        text=True,
    )


def throwing(inside: Inside) -> dict[str, str]:
    """All at once; what each thrower says at its end."""
    script = Path(thrower.__file__).read_text()
    by = {host: [f"127.0.0.1:{port}" for port in ports.values()] for host, ports in PORTS.items()}
    by["client2"] = [*FROM_A_CLIENT]
    running = {
        host: subprocess.Popen(
            [
                *("docker", "exec", inside.container(host).id, "python3", "-c", script),
                *(f"{THROWN_S}", f"{seed}", *places),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed, (host, places) in enumerate(by.items())
    }
    return {host: process.communicate(timeout=THROWN_S + 60)[0] for host, process in running.items()}


def refused(inside: Inside, host: str) -> dict[tuple[str, str], int]:
    found = _METRIC.findall(inside.run(host, "python3", "-c", _SCRAPE))
    return {(port, reason): int(count) for port, reason, count in found}


def resident_kib(inside: Inside, host: str) -> int:
    return int(inside.run(host, "python3", "-c", _RSS))


def test_garbage_at_every_port_of_every_host_changes_nothing(
    client: docker.DockerClient, tmp_path: Path
) -> None:
    with (tmp_path / "said").open("w") as said:
        process = begun(tmp_path, said)
    try:
        until(lambda: [*tmp_path.glob("runs/*/journal.jsonl")] or process.poll() is not None, within_s=120)
        (journal,) = tmp_path.glob("runs/*/journal.jsonl")
        # The load runs and is answered.
        until(lambda: journal.read_text().count('"type":"op"') > 200, within_s=90)
        inside = Inside(client, journal.parent)
        before = {host: resident_kib(inside, host) for host in PORTS}
        thrown = throwing(inside)
        assert process.poll() is None and '"type":"load_stopped"' not in journal.read_text(), (
            "the load ended first"
        )
        after = {host: resident_kib(inside, host) for host in PORTS}
        counted = {host: refused(inside, host) for host in PORTS}
        lines = {host: inside.container(host).logs().decode().splitlines() for host in PORTS}
        out, _ = process.communicate(timeout=150)
    finally:
        process.terminate()
        process.communicate(timeout=60)
    verdict: Verdict | None = msgspec.json.decode(out, type=Output).runs[0].verdict
    assert verdict is not None and not any(finding.judgement == "fail" for finding in verdict.findings), (
        verdict
    )
    judged = {finding.measure: finding.judgement for finding in verdict.findings}
    assert {judged[name] for name in ("lost_writes", "split_brain", "failovers", "false_failovers")} == {
        "pass"
    }
    for host, ports in PORTS.items():
        assert {port for port, _ in counted[host]} == {*ports}, (host, counted[host], thrown[host])
        closed = [line for line in lines[host] if ": closed a connection" in line]
        # One for each port and reason in five seconds: a few, of thousands that were thrown.
        assert 0 < len(closed) <= 4 * len(counted[host]) < sum(counted[host].values()), closed
        assert not any("Traceback" in line for line in lines[host])
        assert after[host] - before[host] < GROWTH_KIB_MAX, (host, before[host], after[host])
