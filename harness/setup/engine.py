"""A Docker engine: the one that answers, or the distribution's own, installed and started.

An engine that this installs or starts keeps its networks in 198.19.0.0/16 (benchmarking range), so it
clashes with no LAN or VPN; nothing starts it again after a reboot on a machine without an init system, so
every set-up looks.
"""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.model.errors import WorldError
from harness.setup import apt
from harness.setup.programs import LIMIT_PASSED, environment, found, run

LOG = Path("/var/log/failover-drill-dockerd.log")
PID_FILE = Path("/var/run/docker.pid")
CONTAINERD_PID_FILE = Path("/var/run/docker/containerd/containerd.pid")
DAEMON_JSON = Path("/etc/docker/daemon.json")

_BRIDGE = "198.19.255.1/24"
_POOL = {"base": "198.19.0.0/17", "size": 24}
_UP_WITHIN_S = 60.0
# A well engine answers within a tenth of a second, one under load within a few.
_ANSWER_WITHIN_S = 10.0

HOW_TO_GET_ONE = (
    "install Docker (Debian, Ubuntu: `apt-get install docker.io` as root), start it, and see that your "
    "user may reach it (`docker info`); as root on Debian or Ubuntu `failover-drill setup` does it for you"
)


class Answer(Struct, frozen=True):
    """What one ping brought. version is empty where no engine answered: then `why`, in a line, says why.

    hangs: something took the question, and said nothing in time.
    """

    version: str
    why: str = ""
    hangs: bool = False


def ask() -> Answer:
    """One ping, which ends within ten seconds whatever the engine does."""
    if not found("docker"):
        return Answer("", "the docker command is not installed")
    done = run(["docker", "version", "--format", "{{.Server.Version}}"], limit_s=_ANSWER_WITHIN_S)
    if done.ok:
        return Answer(done.stdout.strip())
    if done.returncode == LIMIT_PASSED:
        return Answer("", f"it hangs: it says nothing for {_ANSWER_WITHIN_S:g} s", hangs=True)
    said = done.last_lines.splitlines()
    return Answer("", said[-1] if said else "the docker command says nothing")


def version() -> str:
    """The engine's version, empty when none answers."""
    return ask().version


def remedy(answer: Answer) -> str:
    """What to do about an engine that did not answer."""
    if chosen := elsewhere():
        return _remedy_elsewhere(chosen)
    if answer.hangs:
        return _remedy_of_hanging()
    return "run `failover-drill setup`" if apt.usable() or installed() else HOW_TO_GET_ONE


def _remedy_elsewhere(chosen: str) -> str:
    undo = "unset DOCKER_HOST" if chosen.startswith("DOCKER_HOST=") else "docker context use default"
    where = "" if found("docker") else "install the docker command; "
    return f"{where}start the engine at {chosen}, correct that choice, or use this machine's: `{undo}`"


def _remedy_of_hanging() -> str:
    """Ending it is for a person to do: containers of others may hang on it."""
    pid = _running()
    if _systemd_runs():
        how = "`systemctl restart docker` as root"
    elif pid:
        how = f"end it (`kill {pid}`, or `kill -9 {pid}` if it stays), then `failover-drill setup`"
    else:
        how = "start it again"
    return f"wait a little where it has only just started; else {how}; its log is {_log()}"


def installed() -> bool:
    """Whether there is an engine on this machine that we may start."""
    here = not elsewhere() and os.geteuid() == 0
    return here and all(found(program) for program in ("docker", "dockerd", "iptables"))


def elsewhere() -> str:
    """Which other engine the user has chosen for the docker command, empty for this machine's own."""
    if host := os.environ.get("DOCKER_HOST"):
        return f"DOCKER_HOST={host}"
    context = run(["docker", "context", "show"], limit_s=10)
    name = context.stdout.strip() if context.ok else ""
    return f"docker context '{name}'" if name not in ("", "default") else ""


def must_be_ours_to_make(answer: Answer) -> None:
    """Raises WorldError where an engine that did not answer is not ours to install or start, or hangs."""
    if elsewhere() or answer.hangs or not (installed() or apt.usable()):
        raise WorldError(f"no Docker engine answers: {answer.why}\n  {remedy(answer)}")


def install() -> None:
    """The distribution's engine, on a machine where that is ours to do. Raises WorldError."""
    # The package may start the engine by itself; these are the options that we would give it.
    _write_daemon_json()
    apt.install("docker.io", "iptables")
    if not found("docker"):
        # From Debian 13 on the docker command is a package of its own, which docker.io only recommends.
        apt.install("docker-cli")


def start() -> None:
    """Start the installed engine and wait until it answers. Raises WorldError with its last words."""
    if _systemd_runs():
        run(["systemctl", "start", "docker"], limit_s=_UP_WITHIN_S)
        _wait_until_it_answers(None)
    elif _running():
        # Somebody else's start, not yet finished: a second engine would only refuse.
        _wait_until_it_answers(None)
    else:
        _drop_stale(PID_FILE, "dockerd")
        _drop_stale(CONTAINERD_PID_FILE, "containerd")
        _wait_until_it_answers(_launch())


def _launch() -> subprocess.Popen[bytes]:
    """In a session of its own: it outlives the set-up and the shell that began it."""
    with LOG.open("ab") as log:
        return subprocess.Popen(
            ["dockerd", *_options()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=environment(),
            start_new_session=True,
        )


def _systemd_runs() -> bool:
    return Path("/run/systemd/system").is_dir()


def _options() -> list[str]:
    """Ours, less what the machine's own file says: dockerd refuses to start with an option given twice."""
    own = _read_daemon_json()
    options = [] if "bip" in own else ["--bip", _BRIDGE]
    if "default-address-pools" not in own:
        options += ["--default-address-pool", ",".join(f"{key}={value}" for key, value in _POOL.items())]
    if "log-level" not in own:
        # The default tells five lines of each container that ends, into a log that nobody rotates.
        options += ["--log-level", "warn"]
    return options


def _read_daemon_json() -> dict[str, Any]:
    try:
        own = json.loads(DAEMON_JSON.read_text())
    except (OSError, ValueError):
        return {}
    return own if isinstance(own, dict) else {}


def _write_daemon_json() -> None:
    if DAEMON_JSON.exists():
        return
    DAEMON_JSON.parent.mkdir(parents=True, exist_ok=True)
    DAEMON_JSON.write_text(json.dumps({"bip": _BRIDGE, "default-address-pools": [_POOL]}, indent=2) + "\n")


def _wait_until_it_answers(process: subprocess.Popen[bytes] | None) -> None:
    def state() -> str:
        if version():
            return "up"
        dead = process is not None and process.poll() is not None
        return "dead" if dead and not _running() else "silent"

    waiting = Retrying(
        retry=retry_if_result(lambda seen: seen == "silent"),
        wait=wait_fixed(0.2),
        stop=stop_after_delay(_UP_WITHIN_S),
    )
    try:
        if waiting(state) == "up":
            return
    except RetryError:
        pass
    if pid := _running():
        raise WorldError(
            f"the Docker engine runs (process {pid}) but does not answer\n"
            f"  end it (`kill {pid}`, or `kill -9 {pid}` if it stays), then try again; its log is {_log()}"
        )
    raise WorldError(f"the Docker engine did not start; its last words:\n{_last_words()}")


def _last_words() -> str:
    if _systemd_runs():
        said = run(["journalctl", "-u", "docker", "-n", "5", "--no-pager", "-o", "cat"], limit_s=10).stdout
    else:
        said = LOG.read_text(errors="replace") if LOG.exists() else ""
    lines = said.splitlines()[-5:] or ["(none)"]
    return "\n".join(f"    {line}" for line in lines) + f"\n  all of it: {_log()}; mend it, then try again"


def _log() -> str:
    return "`journalctl -u docker`" if _systemd_runs() else str(LOG)


def _running() -> int:
    """The process of this machine's engine, answering or not; 0 when there is none."""
    return _process_of(PID_FILE, "dockerd")


def _drop_stale(pid_file: Path, program: str) -> None:
    """An engine that died with its machine or session leaves pids behind, and they stop the next one.

    It takes whatever runs under that number by now for itself, or for a containerd that is yet to answer.
    """
    if not _process_of(pid_file, program):
        pid_file.unlink(missing_ok=True)


def _process_of(pid_file: Path, program: str) -> int:
    """The process that the file names, if it is alive and is that program; else 0.

    One that was killed keeps its name until its parent looks at it, and some parents take their time.
    """
    with suppress(OSError, ValueError):
        pid = int(pid_file.read_bytes())
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition(" (")[2].rpartition(") ")
        if name == program and rest[0] not in "ZX":
            return pid
    return 0
