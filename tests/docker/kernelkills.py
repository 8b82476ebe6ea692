"""Every SIGKILL that this machine's kernel is told of, stamped by the kernel itself in CLOCK_MONOTONIC.

By the tracepoint signal:signal_generate in a trace of its own: nothing of ours takes part in the stamp. The
file system for it is mounted in a mount namespace of its own, and gone with it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

_WITHIN_S = 10
_SCRIPT = """
set -e
files=$(mktemp -d)
mount -t tracefs nodev "$files"
trace=$files/instances/failover-drill-$$
mkdir "$trace"
event=$trace/events/signal/signal_generate
trap 'echo 0 > "$event/enable"; rmdir "$trace"; umount "$files"; rmdir "$files"' EXIT
echo mono > "$trace/trace_clock"
echo 'sig==9' > "$event/filter"
echo 1 > "$event/enable"
echo ready
read -r _ || true
cat "$trace/trace"
"""
_LINE = re.compile(r"\s(\d+\.\d+): signal_generate: sig=9 .* pid=(\d+) ")


class KernelKill(Struct, frozen=True):
    """pid: the machine's. at_s: raw CLOCK_MONOTONIC, to the microsecond."""

    pid: int
    at_s: float


@contextmanager
def kernel_kills() -> Iterator[list[KernelKill]]:
    """The list is filled at the end."""
    found: list[KernelKill] = []
    command = ["unshare", "--mount", "sh", "-c", _SCRIPT]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as tracer:
        assert tracer.stdout is not None
        if tracer.stdout.readline() != "ready\n":
            _, said = tracer.communicate(timeout=_WITHIN_S)
            raise AssertionError(f"the kernel's trace cannot be had, which needs root: {said}")
        try:
            yield found
        finally:
            told, _ = tracer.communicate("enough\n", timeout=_WITHIN_S)
    found += [KernelKill(int(line[2]), float(line[1])) for line in _LINE.finditer(told)]
