"""The Compose plugin (`docker compose`): there, or taken from the distribution."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from harness.model.errors import WorldError
from harness.setup import apt
from harness.setup.programs import must, run

# The first Debian suite whose docker-compose is the plugin; its program is static and runs on older suites.
_SUITE = "trixie"
_PLUGIN_IN_PACKAGE = "usr/libexec/docker/cli-plugins/docker-compose"

HOW_TO_GET_IT = (
    "install the Compose plugin (Debian 13: `apt-get install docker-compose`; Ubuntu 24.04: "
    "`apt-get install docker-compose-v2`), so that `docker compose version` answers"
)


def version() -> str:
    """The plugin's version, empty when there is none."""
    done = run(["docker", "compose", "version", "--short"], limit_s=10)
    return done.stdout.strip() if done.ok else ""


def install() -> None:
    """Put the plugin where the docker command finds it. Raises WorldError where that is not ours to do."""
    if not apt.usable():
        raise WorldError(f"the Docker Compose plugin is missing\n  {HOW_TO_GET_IT}")
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
    if not version():
        raise WorldError(f"the Compose plugin was installed but does not answer\n  {HOW_TO_GET_IT}")


def _place(plugin: Path) -> None:
    config = Path(os.environ.get("DOCKER_CONFIG", Path.home() / ".docker"))
    folder = config / "cli-plugins"
    folder.mkdir(parents=True, exist_ok=True)
    placed = folder / "docker-compose"
    shutil.copyfile(plugin, placed)
    placed.chmod(0o755)
