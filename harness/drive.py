"""The loop between conductor and world: events in, commands out, all into the journal. Judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

from harness.conductor import Conductor, Progress
from harness.journalfile import Writer
from harness.model.command import Command
from harness.model.errors import JournalError, WorldError
from harness.model.journal import Entry, Note, RunEnded
from harness.model.plan import Plan
from harness.seams import World

StopReason = Literal["interrupted", "deadline"]
Told = Callable[[Sequence[Entry], Callable[[], Progress]], None]

# How long an aborted run may take to heal before the world is closed over it. Closing heals as well.
HEAL_WITHIN_S = 30.0


class Drive:
    """One run. stop: why the run should end now, None to go on; asked between two events."""

    def __init__(
        self, plan: Plan, world: World, journal: Writer, *, stop: Callable[[], StopReason | None], told: Told
    ) -> None:
        self._world, self._journal, self._stop, self._told = world, journal, stop, told
        self._conductor = Conductor(plan)
        self._fresh: list[Entry] = []
        self._give_up_at_s: float | None = None
        self._end: RunEnded | None = None

    def to_the_end(self) -> None:
        """Until the conductor has finished. Raises what broke, after noting it as far as that still goes."""
        try:
            self._obey(*self._conductor.start())
            while not self._conductor.finished:
                self._look_up()
                self._turn()
        except JournalError:
            raise
        except WorldError as error:
            self._note_the_end(str(error))
            raise
        except Exception as error:
            self._note_the_end(f"internal error: {type(error).__name__}")
            raise
        if self._end is not None and self._end.reason == "world broke":
            raise WorldError(
                f"{self._end.detail}; the logs in the run's folder say more. What was started is removed all "
                "the same: run the drill again"
            )

    def _turn(self) -> None:
        events = self._world.advance()
        for event in events:
            self._keep(event)
            self._obey(*self._conductor.handle(event))
            if self._conductor.finished:
                break
        if not events:
            self._journal.flush_when_due()
        self._told(self._fresh, lambda: self._conductor.progress)
        self._fresh = []

    def _look_up(self) -> None:
        """Is it time to stop, and once stopping: has healing taken too long?"""
        if self._give_up_at_s is None:
            reason = self._stop()
            if reason is not None:
                self._give_up_at_s = self._world.now_s() + HEAL_WITHIN_S
                self._obey(*self._conductor.abort(reason))
        elif self._world.now_s() > self._give_up_at_s:
            self._obey(*self._conductor.abort("world broke", f"no answer to healing in {HEAL_WITHIN_S:g} s"))

    def _obey(self, commands: Sequence[Command], notes: Sequence[Note]) -> None:
        for note in notes:
            self._keep(note)
        for command in commands:
            self._world.perform(command)

    def _keep(self, entry: Entry) -> None:
        self._journal.append(entry)
        self._fresh.append(entry)
        if isinstance(entry, RunEnded):
            self._end = entry

    def _note_the_end(self, detail: str) -> None:
        """Asked twice the conductor finishes at once; its commands have no world to go to any more."""
        # The first error is the one to be told; what is missing in the journal is unknown, not pass.
        with suppress(Exception):
            for _ in range(2):
                if not self._conductor.finished:
                    for note in self._conductor.abort("world broke", detail)[1]:
                        self._keep(note)


def drive(
    plan: Plan, world: World, journal: Writer, *, stop: Callable[[], StopReason | None], told: Told
) -> None:
    """Run the plan in the world to its end. Raises WorldError, JournalError."""
    Drive(plan, world, journal, stop=stop, told=told).to_the_end()
