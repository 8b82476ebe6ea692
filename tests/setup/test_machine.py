"""What the kernel offers is read from its files."""

from __future__ import annotations

import platform
from pathlib import Path

from harness.setup import machine


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_packet_filter_is_found_built_in_loaded_or_ready_to_load(tmp_path: Path) -> None:
    assert not machine.has_nftables(tmp_path)
    write(tmp_path, "proc/kallsyms", "0000 t nf_tables_newtable\n")
    assert machine.has_nftables(tmp_path)
    write(tmp_path, "proc/kallsyms", "0000 t other\n")
    write(tmp_path, f"lib/modules/{platform.release()}/modules.dep", "kernel/net/nf_tables.ko.xz:\n")
    assert machine.has_nftables(tmp_path)


def test_who_may_reset_connections_is_told_by_the_kernel(tmp_path: Path) -> None:
    assert not machine.may_reset_connections(tmp_path)
    write(tmp_path, "proc/self/status", "CapPrm:\t000001ffffffffff\nCapEff:\t0000000000000fff\n")
    assert not machine.may_reset_connections(tmp_path)
    write(tmp_path, "proc/self/status", "Name:\tx\nCapEff:\t0000000000001000\n")
    assert machine.may_reset_connections(tmp_path)


def test_containers_can_be_paused_by_either_version_of_cgroups(tmp_path: Path) -> None:
    assert not machine.has_freezer(tmp_path)
    write(tmp_path, "proc/cgroups", "#subsys_name hierarchy num_cgroups enabled\nfreezer 6 2 0\n")
    assert not machine.has_freezer(tmp_path)
    write(tmp_path, "proc/cgroups", "#subsys_name hierarchy num_cgroups enabled\nfreezer 6 2 1\n")
    assert machine.has_freezer(tmp_path)
    write(tmp_path, "proc/cgroups", "")
    write(tmp_path, "sys/fs/cgroup/cgroup.controllers", "cpu\n")
    assert machine.has_freezer(tmp_path)


def test_routes_are_read_but_the_default_one(tmp_path: Path) -> None:
    write(
        tmp_path,
        "proc/net/route",
        "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
        "eth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0\n"
        "docker0 00FF13C6 00000000 0001 0 0 0 00FFFFFF 0 0 0\n",
    )
    assert machine.routes(tmp_path) == ["198.19.255.0/255.255.255.0"]
