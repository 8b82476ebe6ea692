"""What this machine's kernel offers and allows, from its own files. Runs no program."""

from __future__ import annotations

import platform
from pathlib import Path

_ROOT = Path("/")
_CAP_NET_ADMIN = 12


def has_nftables(root: Path = _ROOT) -> bool:
    """Whether the kernel has nf_tables built in, loaded, or ready to load."""
    with_symbols = b" nf_tables_" in _read(root / "proc/kallsyms")
    return with_symbols or b"nf_tables.ko" in _read(root / f"lib/modules/{platform.release()}/modules.dep")


def has_freezer(root: Path = _ROOT) -> bool:
    """Whether a container can be paused: cgroup v2 always, v1 with its freezer switched on."""
    if (root / "sys/fs/cgroup/cgroup.controllers").exists():
        return True
    lines = [line.split() for line in _read(root / "proc/cgroups").decode().splitlines()]
    return any(fields[0] == "freezer" and fields[-1] == "1" for fields in lines if fields)


def may_reset_connections(root: Path = _ROOT) -> bool:
    """Whether this process has CAP_NET_ADMIN: root does, unless it was taken away."""
    lines = (line.partition(":") for line in _read(root / "proc/self/status").decode().splitlines())
    return any(name == "CapEff" and int(mask, 16) >> _CAP_NET_ADMIN & 1 for name, _, mask in lines)


def routes(root: Path = _ROOT) -> list[str]:
    """The IPv4 routes as address/mask, without the default route; the kernel writes them byte-swapped."""
    seen = []
    for line in _read(root / "proc/net/route").decode().splitlines()[1:]:
        fields = line.split()
        address, mask = (bytes.fromhex(fields[column])[::-1] for column in (1, 7))
        if any(mask):
            seen.append(f"{'.'.join(map(str, address))}/{'.'.join(map(str, mask))}")
    return seen


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
