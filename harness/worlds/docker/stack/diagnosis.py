"""What Compose or the engine said when a start failed -> what to do about it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.model.errors import WorldError


class BlockTakenError(WorldError):
    """Somebody took an address block between the look and the start: another one will do."""


_CANNOT_BE_HAD = (
    "an image of the stack cannot be had: see that `docker pull` or `docker compose build` gets it"
)
# The first that matches is told. Wordings of Engine 20.10 to 28 and Compose 2.26 to 2.40.
_FIXES = (
    (
        r"no space left on device",
        "the disk is full: free some space (`docker system df` shows Docker's share), then try again",
    ),
    (
        r"cannot connect to the docker daemon|error during connect|is the docker daemon running|EOF$",
        "the engine went away: start it (`failover-drill setup`), then `failover-drill clean`",
    ),
    (
        r"no such image: failover-drill/|no such image: ghcr.io/shopify/toxiproxy",
        "an image of ours is missing: run `failover-drill setup`",
    ),
    (
        r"no such image|pull access denied|manifest unknown|manifest for .* not found|failed to resolve|"
        r"no such host|tls handshake|i/o timeout|dial tcp|repository does not exist",
        _CANNOT_BE_HAD,
    ),
    (r"is unhealthy", "its own health check failed: its log is in the run's folder"),
    (r"didn't complete successfully|exited \(\d+\)", "it ended by itself: its log is in the run's folder"),
)


_ABSENT = (
    "{services}: no such image is here, and it cannot be pulled: see that `docker pull {image}` gets it, or "
    "take the service out of the compose file that you drill; a stack file's `images` can name a stand-in"
)


def start_failed(said: str, *, again: str, absent: Mapping[str, str] = {}) -> WorldError:
    """What went wrong, from the output of `docker compose up`. again: the command that shows it again.

    absent: services -> their images, of those that the engine does not have.
    """
    reason = _reason(said)
    if re.search(r"overlap", reason, re.IGNORECASE):
        return BlockTakenError(f"an address block was taken meanwhile: {reason}")
    fix = next(
        (fix for pattern, fix in _FIXES if re.search(pattern, reason, re.IGNORECASE | re.MULTILINE)), ""
    )
    if fix == _CANNOT_BE_HAD and absent:
        services = ", ".join(f"{service} (image {image})" for service, image in absent.items())
        fix = _ABSENT.format(services=services, image=next(iter(absent.values())))
    return WorldError(f"the stack did not start: {reason}\n  {fix or f'to see it again: `{again}`'}")


def _reason(said: str) -> str:
    """Compose indents its progress and tells its error at the end, at the margin."""
    lines = [line for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(" ")]
    return "\n    ".join(line.strip() for line in (telling or lines)[-3:]) or "it said nothing"
