"""The Compose plugin (`docker compose`): there, or taken from the distribution."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from harness.model.errors import WorldError
from harness.setup import apt
from harness.setup.programs import must, run

# What it is called by Ubuntu, by Docker's own packages, and by Debian. Debian 12's docker-compose is
# version 1: another program, without `docker compose`.
_PACKAGES = ("docker-compose-v2", "docker-compose-plugin", "docker-compose")
_VERSION_MIN = 2

# The first Debian suite whose docker-compose is the plugin; its program is static and runs on older suites.
_SUITE = "trixie"
_PLUGIN_IN_PACKAGE = "usr/libexec/docker/cli-plugins/docker-compose"

HOW_TO_GET_IT = (
    "install the Compose plugin (Debian 13: `apt-get install docker-compose`; Ubuntu: "
    "`apt-get install docker-compose-v2`), so that `docker compose version` answers"
)


def version() -> str:
    """The plugin's version, empty when there is none."""
    done = run(["docker", "compose", "version", "--short"], limit_s=10)
    return done.stdout.strip() if done.ok else ""


def must_be_ours_to_install() -> None:
    """Raises WorldError where it is not."""
    if not apt.usable():
        raise WorldError(f"the Docker Compose plugin is missing\n  {HOW_TO_GET_IT}")


def install() -> None:
    """Put the plugin where the docker command finds it. Raises WorldError."""
    if package := _package():
        apt.install(package)
    else:
        _take_from_newer_debian()
    if not version():
        raise WorldError(f"the Compose plugin was installed but does not answer\n  {HOW_TO_GET_IT}")


def _package() -> str:
    """The package of this machine's own suite that holds the plugin, empty when there is none."""
    candidates = {name: apt.candidate(name) for name in _PACKAGES}
    if not any(candidates.values()):
        apt.renew_lists()
        candidates = {name: apt.candidate(name) for name in _PACKAGES}
    return next((name for name in _PACKAGES if _major(candidates[name]) >= _VERSION_MIN), "")


def _major(version: str) -> int:
    """The first number of a Debian version, behind its epoch: 2 of `5:2.40.3-1`; 0 of nothing."""
    number = re.match(r"(?:\d+:)?(\d+)", version)
    return int(number[1]) if number else 0


def _take_from_newer_debian() -> None:
    with tempfile.TemporaryDirectory(prefix="failover-drill-") as name:
        folder = Path(name)
        package = apt.download_from_suite("docker-compose", suite=_SUITE, folder=folder)
        unpacked = folder / "unpacked"
        must(
            ["dpkg-deb", "-x", str(package), str(unpacked)],
            limit_s=60,
            what="could not unpack the Compose plugin",
            fix=HOW_TO_GET_IT,
        )
        _place(unpacked / _PLUGIN_IN_PACKAGE)


def _place(plugin: Path) -> None:
    config = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    folder = config / "cli-plugins"
    folder.mkdir(parents=True, exist_ok=True)
    placed = folder / "docker-compose"
    shutil.copyfile(plugin, placed)
    placed.chmod(0o755)
