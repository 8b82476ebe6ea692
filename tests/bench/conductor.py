"""The conductor: events a second under load, and whole trials in memory."""

from __future__ import annotations

from harness.conductor import Conductor
from harness.model.event import Returned
from tests.bench.measuring import Row, Scale, timed
from tests.bench.runs import a_big_run
from tests.checkers.journals import plan
from tests.conductor.playbook import steady
from tests.run.memoryworld import MemoryWorld


def measure(scale: Scale) -> list[Row]:
    return [_under_load(scale), _whole_runs(scale)]


def _under_load(scale: Scale) -> Row:
    """Clients' operations while it waits for a rejoin that does not come: it looks after each event."""
    size = min(scale.sizes)
    operations = [entry for entry in a_big_run(size).entries if isinstance(entry, Returned)]

    def handled() -> None:
        conductor = Conductor(plan(settle_within_s=1e9))
        conductor.start()
        for event in (*steady(), *operations):
            conductor.handle(event)
        assert not conductor.finished

    seconds, _ = timed(handled, repeats=scale.repeats)
    return Row(section="conductor", what="under load", count=len(operations), unit="events", seconds=seconds)


def _whole_runs(scale: Scale) -> Row:
    """Trials in a world that costs next to nothing, events and commands included."""
    trials = max(min(scale.sizes) // 1000, 1)
    told = 0

    def played() -> int:
        world, conductor, events = MemoryWorld(plan(trials=trials)), Conductor(plan(trials=trials)), 0
        commands, _ = conductor.start()
        while not conductor.finished:
            for command in commands:
                world.perform(command)
            commands = []
            for event in world.advance():
                events += 1
                commands += conductor.handle(event)[0]
        return events

    seconds, told = timed(played, repeats=scale.repeats)
    return Row(
        section="conductor",
        what=f"{trials} trials in memory",
        count=told,
        unit="events",
        seconds=seconds,
        note=f"{seconds / trials * 1000:.1f} ms a trial",
    )
