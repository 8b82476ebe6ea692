"""A plan played to its end in the simulator, in memory: no folder, no file. Judges nothing."""

from __future__ import annotations

from collections.abc import Sequence

from harness.conductor import Conductor
from harness.model.command import Command
from harness.model.journal import Entry, Note
from harness.model.plan import Plan
from harness.seams import Simulated
from harness.worlds.simulator.world import SimulatorWorld


def play(plan: Plan, target: Simulated) -> tuple[Entry, ...]:
    """All entries of the journal that a run of this plan would write."""
    world, conductor = SimulatorWorld(plan, target), Conductor(plan)
    entries: list[Entry] = []

    def obey(commands: Sequence[Command], notes: Sequence[Note]) -> None:
        entries.extend(notes)
        for command in commands:
            world.perform(command)

    obey(*conductor.start())
    while not conductor.finished:
        for event in world.advance():
            # What is told after the end belongs to no journal.
            if not conductor.finished:
                entries.append(event)
                obey(*conductor.handle(event))
    world.close()
    return tuple(entries)
