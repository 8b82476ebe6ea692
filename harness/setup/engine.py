"""A Docker engine: the one that answers, or Debian's own, installed and started.

An engine that this starts keeps its networks in 198.19.0.0/16 (benchmarking range), so it clashes with no
LAN or VPN; nothing starts it again after a reboot on a machine without an init system, so every set-up looks.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.model.errors import WorldError
from harness.setup import apt
from harness.setup.programs import found, run

LOG = Path("/var/log/failover-drill-dockerd.log")
PID_FILE = Path("/var/run/docker.pid")
_OPTIONS = ("--bip", "198.19.255.1/24", "--default-address-pool", "base=198.19.0.0/17,size=24")

HOW_TO_GET_ONE = (
    "install Docker (Debian, Ubuntu: `apt-get install docker.io` as root), start it, and see that your "
    "user may reach it (`docker info`); as root on Debian or Ubuntu `failover-drill setup` does it for you"
)


def version() -> str:
    """The engine's version, empty when none answers."""
    return run(["docker", "version", "--format", "{{.Server.Version}}"], limit_s=10).stdout.strip()


def why_silent() -> str:
    """What the client says when no engine answers."""
    if not found("docker"):
        return "the docker command is not installed"
    return run(["docker", "version"], limit_s=10).last_lines.splitlines()[-1:][0]


def installed() -> bool:
    """Whether there is an engine on this machine that we may start."""
    return not os.environ.get("DOCKER_HOST") and os.geteuid() == 0 and found("dockerd") and found("iptables")


def install() -> None:
    """Debian's engine. Raises WorldError where that is not ours to do."""
    if os.environ.get("DOCKER_HOST"):
        raise WorldError(
            f"no Docker engine answers at DOCKER_HOST={os.environ['DOCKER_HOST']}\n"
            "  start that engine, or unset DOCKER_HOST to use one on this machine"
        )
    if not apt.usable():
        raise WorldError(f"no Docker engine answers: {why_silent()}\n  {HOW_TO_GET_ONE}")
    apt.install("docker.io", "iptables")


def start() -> None:
    """Start the installed engine and wait until it answers. Raises WorldError with its last words."""
    if Path("/run/systemd/system").is_dir():
        run(["systemctl", "start", "docker"], limit_s=60)
        _wait_until_it_answers(None)
        return
    _drop_stale_pid_file()
    with LOG.open("ab") as log:
        process = subprocess.Popen(
            ["dockerd", *_OPTIONS],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _wait_until_it_answers(process)


def _wait_until_it_answers(process: subprocess.Popen[bytes] | None) -> None:
    def state() -> str:
        if process is not None and process.poll() is not None:
            return "dead"
        return "up" if version() else "silent"

    waiting = Retrying(
        retry=retry_if_result(lambda seen: seen == "silent"), wait=wait_fixed(0.2), stop=stop_after_delay(60)
    )
    try:
        if waiting(state) == "up":
            return
    except RetryError:
        pass
    raise WorldError(
        f"the Docker engine did not start\n{_last_words()}\n  look into {LOG}, mend it, then try again"
    )


def _last_words() -> str:
    if not LOG.exists():
        return "    (no log; `journalctl -u docker` may have one)"
    return "\n".join(f"    {line}" for line in LOG.read_text(errors="replace").splitlines()[-5:])


def _drop_stale_pid_file() -> None:
    """A dockerd that died with its machine or session leaves its pid behind and would refuse to start."""
    if not PID_FILE.exists():
        return
    pid = PID_FILE.read_text().strip()
    command = Path(f"/proc/{pid}/comm")
    if not (pid.isdigit() and command.exists() and command.read_text().strip() == "dockerd"):
        PID_FILE.unlink(missing_ok=True)
