"""Whose a container, network or volume is: labels that name the run and the process that owns it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

RUN = "failover-drill.run"
OWNER = "failover-drill.owner"
HOST = "failover-drill.host"
PART = "failover-drill.part"

# In the environment of every `docker compose` that works for a run, so that the reaper can find it.
MARK = "FAILOVER_DRILL_COMPOSE_FOR"


class Owner(Struct, frozen=True):
    """A process: a pid is used again, but not with its start. pid_space: the PID namespace it counts in."""

    pid: int
    started_ticks: int
    pid_space: str

    @property
    def text(self) -> str:
        return f"{self.pid}.{self.started_ticks}.{self.pid_space}"


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


def owner_of(text: str) -> Owner | None:
    """None when the text is no owner's label."""
    fields = text.split(".")
    if len(fields) != 3 or not (fields[0].isdecimal() and fields[1].isdecimal()):
        return None
    return Owner(int(fields[0]), int(fields[1]), fields[2])


def leftovers(
    labels: Iterable[Mapping[str, str]], *, pid_space: str, started_ticks: Callable[[int], int | None]
) -> Leftovers:
    """What these labels say. started_ticks: when the process of a pid was started, None when there is none.

    Of an owner in another PID namespace (a container with the engine's socket) nothing can be said here.
    """
    ended, unclear = set(), set()
    for label in labels:
        owner = owner_of(label.get(OWNER, ""))
        if owner is None or owner.pid_space != pid_space:
            unclear.add(label[RUN])
        elif started_ticks(owner.pid) != owner.started_ticks:
            ended.add(label[RUN])
    return Leftovers(tuple(sorted(ended)), tuple(sorted(unclear)))
