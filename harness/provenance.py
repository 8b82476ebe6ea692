"""Where and when a run was made: wall time, versions, the machine. Nothing of it reaches the journal."""

from __future__ import annotations

import os
import platform
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import metadata

from harness.model.plan import Provenance


def provenance(
    *, command: str, images: dict[str, str], programs: dict[str, str], since_origin_s: float
) -> Provenance:
    """Both clocks are read together, so that every stamp of the journal has a wall time too."""
    monotonic_s, wall = time.monotonic(), datetime.now(UTC)
    started = wall - timedelta(seconds=since_origin_s)
    return Provenance(
        started_utc=started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        origin_monotonic_s=monotonic_s - since_origin_s,
        command=command,
        harness_version=version(),
        python=platform.python_version(),
        kernel=platform.release(),
        cpus=len(os.sched_getaffinity(0)),
        images=images,
        programs=programs,
    )


@cache
def version() -> str:
    """Of the installed distribution; a checkout on sys.path alone has none."""
    try:
        return metadata.version("failover-drill")
    except metadata.PackageNotFoundError:
        return "unknown"
