"""Stands at the power switches of a stack that is left running: its fence device has nobody else to ask.

    python3 -m harness.worlds.docker.keeper <run id> <who has them> <data host>...

A process of its own, which leaves once the stack is gone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence

import docker

from harness.model.errors import WorldError
from harness.setup.images import ROOT
from harness.worlds.docker.running import running
from harness.worlds.docker.stack import engine
from harness.worlds.docker.stack.hostcontainers import HostContainers
from harness.worlds.faults.rail import Rail, Switches

READY = b"ready\n"
_DIES_WITHIN_S = 5.0
_POLL_S = 0.05


class EnginePower:
    """Offers harness.worlds.faults.rail.Power, by the engine alone: no drill measures it."""

    def __init__(self, containers: HostContainers) -> None:
        self._containers = containers

    def power_off(self, host: str) -> str:
        if self._containers.main_pid(host):
            self._containers.kill(host)
        give_up_s = time.monotonic() + _DIES_WITHIN_S
        while self._containers.main_pid(host):
            if time.monotonic() > give_up_s:
                raise WorldError(f"{host} still runs {_DIES_WITHIN_S:g} s after SIGKILL")
            time.sleep(_POLL_S)
        return f"{host} is off"

    def power_on(self, host: str) -> str:
        if not self._containers.main_pid(host):
            self._containers.start(host)
        return f"{host} runs"


def stay(run_id: str, holder: str, hosts: Sequence[str]) -> int:
    """Start one for this run; its pid. Raises WorldError."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "harness.worlds.docker.keeper", run_id, holder, *hosts],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,
        )
    except OSError as error:
        raise WorldError(f"nobody stands at the power switches: {error.strerror}") from error
    assert process.stdout is not None
    with process.stdout as said:
        if said.readline() != READY:
            raise WorldError(
                "nobody stands at the power switches: who should ended at once; `ctl fence` will answer 502"
            )
    # It outlives this process, so nobody waits for it here.
    process.returncode = 0
    return process.pid


def main() -> None:
    run_id, holder, *hosts = sys.argv[1:]
    client = engine.connect()
    rail = _rail(client, run_id, dict.fromkeys(hosts, holder))
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    rail.wait()
    rail.close()


def _rail(client: docker.DockerClient, run_id: str, hosts: dict[str, str]) -> Rail:
    switches = Switches(
        hosts,
        EnginePower(HostContainers(client, run_id)),
        ills=dict,
        emit=lambda event: None,
        broke=lambda error: None,
        now_s=time.monotonic,
    )
    return Rail(running(run_id).resident.rail(), switches)


if __name__ == "__main__":
    main()
