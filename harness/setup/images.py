"""The images that runs need: pulled where that works, made where it does not.

Our own are named by the hash of everything that goes into them: a changed source is another image, and an
image that is there is the right one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

from harness.model.errors import WorldError
from harness.setup import apt
from harness.setup.programs import found, must, run

BASE = "debian:trixie-slim"
TOXIPROXY = "ghcr.io/shopify/toxiproxy:2.12.0"
_TOXIPROXY_MODULE = "github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0"
_GO_STAGE = "failover-drill.image=go-stage"
_PULL_LIMIT_S = 120.0
_BUILD_LIMIT_S = 600.0
_CLASSIC = {"DOCKER_BUILDKIT": "0"}

# The folder above the package: a checkout, or where a wheel was installed.
ROOT = Path(__file__).resolve().parent.parent.parent


class Recipe(Struct, frozen=True):
    """One image of ours: its Dockerfile, and what is copied into the build context (from -> to)."""

    dockerfile: str
    sources: tuple[tuple[str, str], ...]


RECIPES: dict[str, Recipe] = {
    "mesh": Recipe("compose/mesh/Dockerfile", (("harness/worlds/docker/inside", "inside"),)),
    "reference": Recipe(
        "compose/reference/Dockerfile",
        (
            ("harness/__init__.py", "harness/__init__.py"),
            ("harness/seams.py", "harness/seams.py"),
            ("harness/model", "harness/model"),
            ("harness/workloads", "harness/workloads"),
            ("targets/__init__.py", "targets/__init__.py"),
            ("targets/reference", "targets/reference"),
        ),
    ),
}


def context(name: str, *, root: Path = ROOT) -> dict[str, bytes]:
    """The build context of an image of ours: path in the context -> content, sorted."""
    recipe = RECIPES[name]
    files = {"Dockerfile": (root / recipe.dockerfile).read_bytes()}
    for source, place in recipe.sources:
        for path in _files(root / source):
            inside = path.relative_to(root / source).as_posix()
            files[place if inside == "." else f"{place}/{inside}"] = path.read_bytes()
    return dict(sorted(files.items()))


@cache
def image_tag(name: str, *, root: Path = ROOT) -> str:
    """`failover-drill/<name>:<hash of its context>`. Pure in the files; the engine is not asked."""
    digest = hashlib.sha256()
    for path, content in context(name, root=root).items():
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return f"failover-drill/{name}:{digest.hexdigest()[:12]}"


def needed() -> tuple[str, ...]:
    """Every image that a run needs, by its whole name."""
    return (BASE, TOXIPROXY, *(image_tag(name) for name in RECIPES))


def missing() -> tuple[str, ...]:
    """Of those, the ones that the engine does not have: one question for all."""
    done = run(["docker", "image", "inspect", "--format", "{{json .RepoTags}}", *needed()], limit_s=30)
    there = {tag for line in done.stdout.splitlines() if line for tag in json.loads(line) or []}
    return tuple(image for image in needed() if image not in there)


def image_id(image: str) -> str:
    """The engine's id of an image, empty when it is not there."""
    return run(["docker", "image", "inspect", "--format", "{{.Id}}", image], limit_s=30).stdout.strip()


def pull(image: str) -> bool:
    """Whether a registry gave it. Where none is reachable this fails at once."""
    return run(["docker", "pull", "--quiet", image], limit_s=_PULL_LIMIT_S).ok


def make_base() -> None:
    """A minimal Debian from the machine's own mirror. Raises WorldError when that cannot be done here."""
    fix = f"let the engine reach a registry, so that `docker pull {BASE}` works; or be root on Debian"
    if not found("mmdebstrap"):
        if not apt.usable():
            raise WorldError(f"the image {BASE} cannot be had\n  {fix}")
        apt.install("mmdebstrap")
    with tempfile.TemporaryDirectory(prefix="failover-drill-") as folder:
        tar = f"{folder}/base.tar"
        must(
            ["mmdebstrap", "--variant=minbase", "--include=ca-certificates", "trixie", tar],
            limit_s=_BUILD_LIMIT_S,
            what=f"could not make the image {BASE}",
            fix=fix,
        )
        must(
            ["docker", "import", "-c", 'CMD ["/bin/bash"]', tar, BASE],
            limit_s=120,
            what=f"could not import the image {BASE}",
            fix=fix,
        )


def make_toxiproxy(image: str = TOXIPROXY) -> None:
    """Toxiproxy from its source as a Go module: by the machine's Go, else by Debian's in a container."""
    with tempfile.TemporaryDirectory(prefix="failover-drill-") as name:
        folder = Path(name)
        if not _built_by_own_go(folder):
            _write_go_stage(folder)
            _docker_build(folder, image)
            # The stage with Debian's Go weighs 900 MB and is needed once.
            run(["docker", "image", "prune", "--force", "--filter", f"label={_GO_STAGE}"], limit_s=60)
            return
        (folder / "Dockerfile").write_text(
            'FROM scratch\nCOPY server /toxiproxy\nENTRYPOINT ["/toxiproxy"]\nCMD ["-host=0.0.0.0"]\n'
        )
        _docker_build(folder, image)


def _built_by_own_go(folder: Path) -> bool:
    if not found("go"):
        return False
    env = {"CGO_ENABLED": "0", "GOBIN": str(folder), "GOTOOLCHAIN": "local"}
    return run(["go", "install", _TOXIPROXY_MODULE], limit_s=_BUILD_LIMIT_S, env=env).ok


def _write_go_stage(folder: Path) -> None:
    """A build stage with Debian's Go. The host's CA bundle goes along: a proxy between may have its own."""
    bundle = Path(os.environ.get("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt")
    (folder / "ca.crt").write_bytes(bundle.read_bytes() if bundle.exists() else b"")
    passed = [
        f"ENV {key}={os.environ[key]}\n" for key in ("GOPROXY", "GOSUMDB", "GOFLAGS") if os.environ.get(key)
    ]
    (folder / "Dockerfile").write_text(
        f"FROM {BASE} AS go\nLABEL {_GO_STAGE}\n"
        "RUN apt-get update -q && apt-get install -y -q --no-install-recommends golang-go ca-certificates\n"
        "COPY ca.crt /ca.crt\n"
        "ENV CGO_ENABLED=0 GOBIN=/out GOTOOLCHAIN=local\n"
        + "".join(passed)
        + f"RUN if [ -s /ca.crt ]; then export SSL_CERT_FILE=/ca.crt; fi; go install {_TOXIPROXY_MODULE}\n"
        "FROM scratch\nCOPY --from=go /out/server /toxiproxy\n"
        'ENTRYPOINT ["/toxiproxy"]\nCMD ["-host=0.0.0.0"]\n'
    )


def build(name: str) -> None:
    """Build an image of ours and drop its older ones that no container uses."""
    with tempfile.TemporaryDirectory(prefix="failover-drill-") as folder:
        for path, content in context(name).items():
            place = Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        _docker_build(Path(folder), image_tag(name))
    _drop_older(name)


def _docker_build(folder: Path, image: str) -> None:
    must(
        ["docker", "build", "--network", "host", "--force-rm", "--quiet", "--tag", image, str(folder)],
        limit_s=_BUILD_LIMIT_S,
        env=_CLASSIC,
        what=f"could not build the image {image}",
        fix="its packages come from the distribution's mirror and the Go module proxy: check the network",
    )


def _drop_older(name: str) -> None:
    listed = run(
        ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", f"failover-drill/{name}"],
        limit_s=30,
    )
    older = [tag for tag in listed.stdout.split() if tag != image_tag(name)]
    if older:
        # Without force the engine keeps an image that a container of another run still uses.
        run(["docker", "image", "rm", *older], limit_s=60)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for child in sorted(path.rglob("*")):
        if child.is_file() and "__pycache__" not in child.parts:
            yield child


def free_disk_bytes() -> int:
    return shutil.disk_usage(ROOT).free
