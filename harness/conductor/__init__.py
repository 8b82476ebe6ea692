"""Plan and events -> commands and notes. Knows no clock, no thread, no container.

    conductor = Conductor(plan)
    commands, notes = conductor.start()
    while not conductor.finished:
        commands, notes = conductor.handle(event)      # for each event that the world tells
    commands, notes = conductor.abort("interrupted")   # at any moment: heals, then finishes

The runner journals every event it hands over, then the notes, then performs the commands.

machine   the parent: one match over the events, the stages of a trial
stages    what they are called, and what each waits for
steps     a planned step -> the fault or control it asks for, roles resolved
blocks    the steps of one trial: faults at their times, waits, holds
triggers  the moments that steps count from
strikes   the faults of one trial, and whom they struck
clients   who is under load
readback  every write is read at the primary
waits     what still lacks until the cluster is steady, rejoined, failed over
progress  a picture for a person
"""

from harness.conductor.machine import Conductor
from harness.conductor.progress import Progress

__all__ = ["Conductor", "Progress"]
