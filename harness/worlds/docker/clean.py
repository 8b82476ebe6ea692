"""`failover-drill clean`: removes what ended runs left, never what a live run owns. By label alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import docker

from harness.worlds.docker.stack import engine, orphans, removal
from harness.worlds.docker.stack.orphans import Orphan
from harness.worlds.docker.stack.removal import Thing
from harness.worlds.docker.weaving.ownership import RUN, leftovers
from harness.worlds.owned import processes

_WITHIN_S = 60.0


def clean(say: Callable[[str], None], *, just_ended: bool = False) -> int:
    """How many containers, networks and volumes went, and processes of forgotten ones. Raises WorldError.

    just_ended: processes of dead runs were, and a Compose among them may have asked for something.
    """
    client = engine.connect()
    try:
        if just_ended:
            time.sleep(removal.LANDS_WITHIN_S)
        found = removal.things(client)
        left = leftovers(
            [thing.labels for thing in found],
            pid_space=processes.pid_space(),
            started_ticks=processes.started_ticks,
            hidden=processes.is_hidden,
        )
        for run_id in left.unclear:
            say(_unclear(run_id))
        removed = sum(_clean(client, run_id, found, say) for run_id in left.ended)
        return removed + sum(_end(orphan, say) for orphan in orphans.orphans(client))
    finally:
        client.close()


def _clean(client: docker.DockerClient, run_id: str, found: list[Thing], say: Callable[[str], None]) -> int:
    ours = [thing for thing in found if thing.labels[RUN] == run_id]
    counts = {kind: sum(thing.kind == kind for thing in ours) for kind in ("container", "network", "volume")}
    what = ", ".join(f"{count} {kind}{'s' * (count > 1)}" for kind, count in counts.items() if count)
    say(f"removing what run {run_id} left: {what} …")
    # Without its reaper a Compose in flight outlives its run, and goes on making what is removed here.
    in_flight = processes.end_marked(run_id)
    quiet_s = removal.LANDS_WITHIN_S if in_flight else 0.0
    return removal.until_gone(client, run_id, within_s=_WITHIN_S, quiet_s=quiet_s)


def _end(orphan: Orphan, say: Callable[[str], None]) -> int:
    say(f"ending what the engine forgot of run {orphan.run_id}: container {orphan.container[:12]} …")
    return orphans.end(orphan)


def _unclear(run_id: str) -> str:
    return (
        f"run {run_id} belongs to a process that cannot be seen from here (in a container, perhaps), so it "
        f"is left alone; once it has ended: `docker rm -fv $(docker ps -aq --filter label={RUN}={run_id})`"
    )
