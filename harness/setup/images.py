"""The images that runs need: pulled where that works, made where it does not.

Our own are named by the hash of everything that goes into them: a changed source is another image, and an
image that is there is the right one.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from msgspec import Struct

from harness.model.errors import WorldError
from harness.setup import apt
from harness.setup.programs import found, must, run

BASE = "debian:trixie-slim"
TOXIPROXY = "ghcr.io/shopify/toxiproxy:2.12.0"
_PULL_LIMIT_S = 120.0
_BUILD_LIMIT_S = 600.0
_CLASSIC = {"DOCKER_BUILDKIT": "0"}
_KEPT_S = 3600.0
# Docker knows these as build arguments without a declaration, and keeps them out of the image.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
_BASE_FIX = f"let the engine reach a registry, so that `docker pull {BASE}` works; or be root on Debian"

# The folder above the package: a checkout, or where a wheel was installed.
ROOT = Path(__file__).resolve().parent.parent.parent


class Recipe(Struct, frozen=True):
    """One image of ours: its Dockerfile, and what is copied into the build context (from -> to)."""

    dockerfile: str
    sources: tuple[tuple[str, str], ...]


MESH = "mesh"


def recipes(*, root: Path = ROOT) -> dict[str, Recipe]:
    """Every folder below compose/ that says in `sources` what of ours goes into its image."""
    lists = sorted((root / "compose").glob("*/sources"))
    return {path.parent.name: _recipe(path.parent.name, path.read_text()) for path in lists}


def _recipe(name: str, listed: str) -> Recipe:
    """A path a line, `from -> to` where it lies elsewhere in the image; `#` begins a comment."""
    lines = [line.partition("#")[0].strip() for line in listed.splitlines()]
    pairs = [[part.strip() for part in line.split("->")] for line in lines if line]
    return Recipe(f"compose/{name}/Dockerfile", tuple((pair[0], pair[-1]) for pair in pairs))


def context(name: str, *, root: Path = ROOT) -> dict[str, bytes]:
    """The build context of an image of ours: path in the context -> content, sorted. Raises WorldError."""
    known = recipes(root=root)
    if name not in known:
        raise WorldError(f"compose/{name}/sources is missing below {root}: install failover-drill again")
    recipe = known[name]
    for source in (recipe.dockerfile, *(source for source, _ in recipe.sources)):
        if not (root / source).exists():
            raise WorldError(f"{source} is missing below {root}: install failover-drill again")
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


def needed(own: Collection[str]) -> tuple[str, ...]:
    """Every image that a run needs, by its whole name. own: the recipes of its targets."""
    return (BASE, TOXIPROXY, *(image_tag(name) for name in (MESH, *own)))


def missing(own: Collection[str]) -> tuple[str, ...]:
    """Of those, the ones that the engine does not have: one question for all."""
    wanted = needed(own)
    done = run(["docker", "image", "inspect", "--format", "{{json .RepoTags}}", *wanted], limit_s=10)
    there = {tag for line in done.stdout.splitlines() if line for tag in json.loads(line) or []}
    return tuple(image for image in wanted if image not in there)


def image_id(image: str) -> str:
    """The engine's id of an image, empty when it is not there."""
    return run(["docker", "image", "inspect", "--format", "{{.Id}}", image], limit_s=30).stdout.strip()


def pull(image: str) -> bool:
    """Whether a registry gave it. Where none is reachable this fails at once."""
    return run(["docker", "pull", "--quiet", image], limit_s=_PULL_LIMIT_S).ok


def make_base() -> None:
    """A minimal Debian from a Debian mirror. Raises WorldError when that cannot be done here."""
    if not found("mmdebstrap"):
        if not apt.usable():
            raise WorldError(f"the image {BASE} cannot be had\n  {_BASE_FIX}")
        # Without Debian's keys an Ubuntu machine could not trust what it fetches.
        apt.install("mmdebstrap", "debian-archive-keyring")
    with tempfile.TemporaryDirectory(prefix="failover-drill-") as folder:
        tar = f"{folder}/base.tar"
        _debootstrap(tar)
        must(
            ["docker", "import", "-c", 'CMD ["/bin/bash"]', tar, BASE],
            limit_s=120,
            what=f"could not import the image {BASE}",
            fix=_BASE_FIX,
        )


def _debootstrap(tar: str) -> None:
    """From Debian's own mirror, else from the machine's: some networks let only that one through."""
    argv = ["mmdebstrap", "--variant=minbase", "--include=ca-certificates", "trixie", tar]
    if run(argv, limit_s=_BUILD_LIMIT_S).ok:
        return
    mirror = apt.machine_mirror(codename=apt.codename()).uri
    must([*argv, mirror], limit_s=_BUILD_LIMIT_S, what=f"could not make the image {BASE}", fix=_BASE_FIX)


def build(name: str) -> None:
    """Build an image of ours and drop its older ones that no container uses. Raises WorldError."""
    with tempfile.TemporaryDirectory(prefix="failover-drill-") as folder:
        for path, content in context(name).items():
            place = Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            # Whatever the user's umask: the programs inside need not be root to read their code.
            place.chmod(0o644)
        docker_build(Path(folder), image_tag(name))
    _drop_older(name)


def docker_build(folder: Path, image: str, *, settings: Sequence[str] = ()) -> None:
    """Build with the classic builder on the host's network. settings: variables handed to the build."""
    handed = [f"--build-arg={name}" for name in (*_PROXIES, *settings) if os.environ.get(name)]
    must(
        ["docker", "build", "--network=host", "--force-rm", "--quiet", *handed, "--tag", image, str(folder)],
        limit_s=_BUILD_LIMIT_S,
        env=_CLASSIC,
        what=f"could not build the image {image}",
        fix="its packages come from the distribution's mirror and the Go module proxy: check the network",
    )


def _drop_older(name: str) -> None:
    listed = run(["docker", "image", "ls", "--quiet", f"failover-drill/{name}"], limit_s=30).stdout.split()
    if not listed:
        return
    form = "{{.Created}} {{json .RepoTags}}"
    lines = run(["docker", "image", "inspect", "--format", form, *listed], limit_s=30).stdout.splitlines()
    older = older_tags(lines, of=image_tag(name), now=datetime.now(UTC))
    if older:
        # Without force the engine keeps an image that a container of another run still uses.
        run(["docker", "image", "rm", *older], limit_s=60)


def older_tags(lines: Iterable[str], *, of: str, now: datetime) -> tuple[str, ...]:
    """Other tags of the same image, from `<created> <tags>` lines, that nobody can be about to start.

    Young ones stay: another checkout on this engine may have made one for the run that it is starting.
    """
    repository = of.partition(":")[0]
    older = []
    for line in lines:
        created, _, tags = line.partition(" ")
        age_s = (now - datetime.fromisoformat(created[:19]).replace(tzinfo=UTC)).total_seconds()
        if age_s > _KEPT_S:
            older += [
                tag for tag in json.loads(tags) or [] if tag.partition(":")[0] == repository and tag != of
            ]
    return tuple(sorted(older))


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for child in sorted(path.rglob("*")):
        if child.is_file() and "__pycache__" not in child.parts:
            yield child
