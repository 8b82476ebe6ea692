"""Toxiproxy's image from its source, a Go module, for where no registry gives it.

By the machine's own Go when that is new enough, else by Debian's in a container. Ends in the same image.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from harness.setup.images import BASE, TOXIPROXY, docker_build
from harness.setup.programs import run

_MODULE = "github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0"
_STAGE = "failover-drill.image=go-stage"
_GO_INSTALL_LIMIT_S = 600.0

# Where Go gets its modules and how it checks them: as the user has it on the machine.
_GO_SETTINGS = ("GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOINSECURE", "GOFLAGS")

_IMAGE = 'FROM scratch\nCOPY {server} /toxiproxy\nENTRYPOINT ["/toxiproxy"]\nCMD ["-host=0.0.0.0"]\n'


def make_with_own_go(image: str = TOXIPROXY) -> bool:
    """Whether the machine's Go could; an older one refuses at once. Raises WorldError for the engine."""
    with tempfile.TemporaryDirectory(prefix="failover-drill-") as name:
        server = go_install(Path(name))
        if server is None:
            return False
        Path(name, "Dockerfile").write_text(_IMAGE.format(server=server.name))
        docker_build(Path(name), image)
    return True


def go_install(folder: Path) -> Path | None:
    """The program, built into this folder; None where there is no Go that can."""
    # GOTOOLCHAIN=local: an older Go must not fetch a newer one behind the user's back.
    env = {"CGO_ENABLED": "0", "GOBIN": f"{folder}", "GOTOOLCHAIN": "local"}
    built = run(["go", "install", _MODULE], limit_s=_GO_INSTALL_LIMIT_S, env=env)
    return folder / "server" if built.ok else None


def make_in_container(image: str = TOXIPROXY) -> None:
    """By Debian's Go, in a stage that is dropped afterwards. Raises WorldError."""
    with tempfile.TemporaryDirectory(prefix="failover-drill-") as name:
        (Path(name) / "ca.crt").write_bytes(_certificates())
        (Path(name) / "Dockerfile").write_text(_dockerfile())
        docker_build(Path(name), image, settings=_GO_SETTINGS)
    # The stage with Debian's Go weighs 900 MB and is needed once.
    run(["docker", "image", "prune", "--force", "--filter", f"label={_STAGE}"], limit_s=60)


def _dockerfile() -> str:
    settings = "".join(f"ARG {name}\n" for name in _GO_SETTINGS)
    return (
        f"FROM {BASE} AS go\nLABEL {_STAGE}\n"
        "RUN apt-get update -q && apt-get install -y -q --no-install-recommends golang-go ca-certificates\n"
        "COPY ca.crt /ca.crt\n"
        "ENV CGO_ENABLED=0 GOBIN=/out GOTOOLCHAIN=local\n"
        f"{settings}"
        f"RUN if [ -s /ca.crt ]; then export SSL_CERT_FILE=/ca.crt; fi; go install {_MODULE}\n"
        + _IMAGE.format(server="--from=go /out/server")
    )


def _certificates() -> bytes:
    """The machine's CA bundle goes along: a proxy between here and the module proxy may have its own."""
    bundle = Path(os.environ.get("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt")
    return bundle.read_bytes() if bundle.is_file() else b""
