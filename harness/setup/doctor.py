"""What containers need: what is there, what is missing, and how to get it. Changes nothing."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path

from msgspec import Struct

from harness.model.errors import WorldError
from harness.setup import apt, compose_plugin, engine, images, local, machine
from harness.setup.programs import found, run

_DISK_WANTED_BYTES = 2 * 1024**3
_SET_UP = "run `failover-drill setup`"
_SET_UP_ALL = "run `failover-drill setup --all`, for a target that needs it"
# The lower half of the benchmarking range; an engine of ours has its own networks in the upper half.
_OUR_RANGE = ip_network("198.18.0.0/16")
_ROUTES_SHOWN = 2
_NOT_HERE = "not looked at: the engine is on another machine"


class Check(Struct, frozen=True, kw_only=True):
    """One thing looked at. remedy: how to get it, when it is not ok. needed: a run cannot do without."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    needed: bool = True


def checks(own: Collection[str], others: Collection[str]) -> tuple[Check, ...]:
    """Look at everything; never raises for what is missing.

    own: the recipes that runs cannot do without; others: those of targets that not everybody drills.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        compose = pool.submit(_compose)
        docker_root = pool.submit(_docker_root)
        answer = engine.ask()
        seen = (_python(), _user(), _engine(answer), compose.result(), *_images(answer, own, others))
    return (*seen, _disk(docker_root.result()), *_kernel(), _addresses())


def local_checks(needs: Mapping[str, str]) -> tuple[Check, ...]:
    """What drills need as processes of this machine, where no container can be had.

    needs: programs -> how to get each.
    """
    there = local.toxiproxy()
    seen = [("Toxiproxy", f"{there}" if there else "missing", local.HOW_TO_GET_IT)]
    seen += [(program, "there" if found(program) else "missing", how) for program, how in needs.items()]
    return tuple(
        Check(name=f"processes: {name}", ok=detail != "missing", detail=detail, remedy=how, needed=False)
        for name, detail, how in seen
    )


def _python() -> Check:
    return Check(
        name="Python",
        ok=sys.version_info >= (3, 11),
        detail=platform.python_version(),
        remedy="install Python 3.11 or newer",
    )


def _user() -> Check:
    root = os.geteuid() == 0
    detail = "root" if root else "not root: what is missing must be installed by an administrator"
    return Check(name="user", ok=True, detail=detail, needed=False)


def _engine(answer: engine.Answer) -> Check:
    return Check(
        name="Docker engine",
        ok=bool(answer.version),
        detail=answer.version or answer.why,
        remedy="" if answer.version else engine.remedy(answer),
    )


def _compose() -> Check:
    version = compose_plugin.version()
    remedy = _SET_UP if apt.usable() else compose_plugin.HOW_TO_GET_IT
    return Check(name="Compose plugin", ok=bool(version), detail=version or "not found", remedy=remedy)


def _images(answer: engine.Answer, own: Collection[str], others: Collection[str]) -> list[Check]:
    if not answer.version:
        detail = "cannot tell without an engine"
        return [Check(name="images", ok=False, detail=detail, remedy=engine.remedy(answer))]
    try:
        wanted, absent = images.needed((*own, *others)), images.missing((*own, *others))
        only_some = {images.image_tag(name) for name in others}
    except WorldError as error:
        return [Check(name="images", ok=False, detail=str(error), remedy="install failover-drill again")]
    return [
        Check(
            name=f"image {image}",
            ok=image not in absent,
            detail="missing" if image in absent else "there",
            remedy=_SET_UP_ALL if image in only_some else _SET_UP,
            needed=image not in only_some,
        )
        for image in wanted
    ]


def _docker_root() -> Path | None:
    """Where the engine keeps images and containers, None when that is not on this machine."""
    if _remote():
        return None
    said = run(["docker", "info", "--format", "{{.DockerRootDir}}"], limit_s=10)
    path = Path(said.stdout.strip() or "/nowhere")
    return path if said.ok and path.is_dir() else None


def _disk(docker_root: Path | None) -> Check:
    """The fullest of the disks that a run writes to: the folder of the runs, and the engine's."""
    folders = [Path.cwd(), *([docker_root] if docker_root else [])]
    free_bytes, folder = min((shutil.disk_usage(folder).free, folder) for folder in folders)
    return Check(
        name="disk",
        ok=free_bytes >= _DISK_WANTED_BYTES,
        detail=f"{free_bytes / 1024**3:.1f} GiB free at {folder}",
        remedy="free at least 2 GiB: images, containers' logs and runs need them",
        needed=False,
    )


def _kernel() -> tuple[Check, Check]:
    """What single faults need of the engine's kernel: packet loss and true cuts, and pauses."""
    return (
        _feature(
            "nftables",
            machine.has_nftables(),
            "kernel has no nf_tables: `how: loss` and power faults cannot be applied",
            remedy="use a kernel with nf_tables (CONFIG_NF_TABLES)",
        ),
        _feature(
            "freezer",
            machine.has_freezer(),
            "no cgroup freezer: hosts cannot be paused",
            remedy="use cgroup v2, or switch the freezer of cgroup v1 on (CONFIG_CGROUP_FREEZER)",
        ),
    )


def _feature(name: str, there: bool, without: str, *, remedy: str) -> Check:
    if _remote():
        return Check(name=name, ok=True, detail=_NOT_HERE, needed=False)
    return Check(name=name, ok=there, detail="there" if there else without, remedy=remedy, needed=False)


def _remote() -> bool:
    return not os.environ.get("DOCKER_HOST", "unix:").startswith("unix:")


def _addresses() -> Check:
    taken = [f"{net}" for net in map(ip_network, machine.routes()) if net.overlaps(_OUR_RANGE)]
    more = f" and {len(taken) - _ROUTES_SHOWN} more" if len(taken) > _ROUTES_SHOWN else ""
    return Check(
        name=f"addresses {_OUR_RANGE}",
        ok=not taken,
        detail=f"also routed here: {', '.join(taken[:_ROUTES_SHOWN])}{more}" if taken else "free",
        remedy="runs going on use some of them; otherwise free the range (it is reserved for benchmarks)",
        needed=False,
    )
