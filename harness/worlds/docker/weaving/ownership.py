"""Whose a container, network or volume is: labels that name the run and the process that owns it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from harness.worlds.owned.owner import Owner, owner_of

RUN = "failover-drill.run"
OWNER = "failover-drill.owner"
HOST = "failover-drill.host"
PART = "failover-drill.part"
# In the environment of every container: what the engine forgets with its labels, its runtime still holds.
VARIABLE = "FAILOVER_DRILL_RUN"


class Run(Struct, frozen=True):
    """One stack that was, or will be, brought up."""

    id: str
    owner: Owner

    @property
    def project(self) -> str:
        """Its name as a compose project."""
        return f"failover-drill-{self.id}"

    def labels(self, **more: str) -> dict[str, str]:
        """For everything that is made for this run; more: `host`, `part`."""
        return {RUN: self.id, OWNER: self.owner.text} | {f"failover-drill.{key}": more[key] for key in more}


class Leftovers(Struct, frozen=True):
    """Runs that ended (clean may remove them), and those of which this process cannot tell."""

    ended: tuple[str, ...]
    unclear: tuple[str, ...]


def leftovers(
    labels: Iterable[Mapping[str, str]],
    *,
    pid_space: str,
    started_ticks: Callable[[int], int | None],
    hidden: Callable[[int], bool],
) -> Leftovers:
    """What these labels say. started_ticks: when the process of a pid was started, None when none is seen.

    hidden: whether there is one all the same. Of an owner in another PID namespace (a container with the
    engine's socket), or of another user's where /proc hides those, nothing can be said here.
    """
    ended, unclear = set(), set()
    for label in labels:
        owner = owner_of(label.get(OWNER, ""))
        if owner is None or owner.pid_space != pid_space or hidden(owner.pid):
            unclear.add(label[RUN])
        elif started_ticks(owner.pid) != owner.started_ticks:
            ended.add(label[RUN])
    return Leftovers(tuple(sorted(ended)), tuple(sorted(unclear)))
