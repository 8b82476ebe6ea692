"""What can be scarce or slow for a host's programs while they run: processor, memory, disk."""

from __future__ import annotations

from msgspec import Struct

from harness.model.units import duration


class Cpu(Struct, frozen=True, tag="cpu"):
    """All that runs on the host gets no more than this share of one processor."""

    share: float


class Memory(Struct, frozen=True, tag="memory"):
    """Of limit_mb million bytes nothing is left: the kernel's OOM killer ends the service's process."""

    limit_mb: int


class SlowFsync(Struct, frozen=True, tag="slow_fsync"):
    """fsync and fdatasync begin delay_s late."""

    delay_s: float


class FailingFsync(Struct, frozen=True, tag="failing_fsync"):
    """fsync and fdatasync end in EIO, and nothing is made durable by them."""


class DiskFull(Struct, frozen=True, tag="disk_full"):
    """The disk of what the service keeps has no room for another byte: what needs some ends in ENOSPC."""


Hardship = Cpu | Memory | SlowFsync | FailingFsync | DiskFull


def name_of(hardship: Hardship) -> str:
    """As drills, worlds and targets call it."""
    match hardship:
        case Cpu():
            return "cpu"
        case Memory():
            return "memory"
        case SlowFsync():
            return "slow_fsync"
        case FailingFsync():
            return "failing_fsync"
        case DiskFull():
            return "disk_full"


def much_of(hardship: Hardship) -> str:
    """For a person: how much of it, empty for what is all or nothing."""
    match hardship:
        case Cpu(share=share):
            return f"{share * 100:g}%"
        case Memory(limit_mb=limit_mb):
            return f"{limit_mb}MB"
        case SlowFsync(delay_s=delay_s):
            return duration(delay_s)
        case FailingFsync() | DiskFull():
            return ""
