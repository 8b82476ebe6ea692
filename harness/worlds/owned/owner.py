"""Who a run belongs to: one process, known again by when it was started. Pure."""

from __future__ import annotations

from msgspec import Struct

# In the environment of every process that works for a run, so that it can be found when the harness is dead.
MARK = "FAILOVER_DRILL_WORKS_FOR"
# And of whose run that is.
OWNER_MARK = "FAILOVER_DRILL_OWNED_BY"


class Owner(Struct, frozen=True):
    """A process: a pid is used again, but not with its start. pid_space: the PID namespace it counts in."""

    pid: int
    started_ticks: int
    pid_space: str

    @property
    def text(self) -> str:
        return f"{self.pid}.{self.started_ticks}.{self.pid_space}"


def owner_of(text: str) -> Owner | None:
    """None when the text is no owner's."""
    fields = text.split(".")
    if len(fields) != 3 or not (fields[0].isdecimal() and fields[1].isdecimal()):
        return None
    return Owner(int(fields[0]), int(fields[1]), fields[2])
