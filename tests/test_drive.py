"""The loop between conductor and world: all into the journal, in order, and nothing after the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harness import journalfile
from harness.conductor import Progress
from harness.drive import HEAL_WITHIN_S, StopReason, drive
from harness.journalfile import Writer
from harness.model.command import Command, StopLoad, Wake
from harness.model.errors import WorldError
from harness.model.event import Event, LoadStopped, Woke
from harness.model.journal import Entry, RunEnded, TrialBegan
from tests.checkers.journals import plan, says
from tests.conductor.playbook import steady


class Scripted:
    """Tells these batches, then nothing but that a load has ended, if it ends; a turn takes a second."""

    def __init__(self, *batches: Sequence[Event], ends: bool = True) -> None:
        self._batches, self._ends = list(batches), ends
        self.asked: list[Command] = []
        self.turns = 0

    def perform(self, command: Command) -> None:
        self.asked.append(command)
        if self._ends and isinstance(command, StopLoad):
            self._batches.append([LoadStopped(client=command.client, at_s=self.now_s())])

    def advance(self) -> Sequence[Event]:
        self.turns += 1
        return self._batches.pop(0) if self._batches else []

    def now_s(self) -> float:
        return float(self.turns)

    def close(self) -> None:
        pass


class Story:
    """Drives a world and keeps what its audience was told."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "journal.jsonl"
        self.told: list[Entry] = []

    def drive(self, world: Scripted, *, stop: Callable[[], StopReason | None] = lambda: None) -> None:
        with Writer(self._path) as journal:
            drive(plan(), world, journal, stop=stop, told=self._hear)

    def _hear(self, entries: Sequence[Entry], moment: Callable[[], Progress]) -> None:
        self.told += entries

    @property
    def entries(self) -> tuple[Entry, ...]:
        return journalfile.read(self._path).entries


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def the_bound_of(world: Scripted) -> Woke:
    wake = next(command for command in world.asked if isinstance(command, Wake))
    return Woke(wake_id=wake.wake_id, at_s=wake.after_s)


class Impatient(Scripted):
    """The conductor's first bound comes at once, and more after it in the same turn."""

    def advance(self) -> Sequence[Event]:
        self.turns += 1
        return [the_bound_of(self), says("n1", "primary", 1, at=99.0)]


def test_nothing_follows_the_end_of_a_run(story: Story) -> None:
    story.drive(Impatient())
    assert [type(entry) for entry in story.entries] == [Woke, RunEnded]
    assert journalfile.read(story._path).damage == ()


def test_an_event_comes_before_what_the_conductor_notes_of_it(story: Story) -> None:
    def stop() -> StopReason | None:
        return "interrupted" if world.turns else None

    world = Scripted(steady())
    story.drive(world, stop=stop)
    kinds = [type(entry) for entry in story.entries]
    assert kinds.index(TrialBegan) == 1  # right after the role that made a primary known
    assert kinds[-1] is RunEnded
    assert story.told == list(story.entries)


def test_a_run_that_is_stopped_may_take_its_time_to_heal_and_no_longer(story: Story) -> None:
    world = Scripted(steady(), ends=False)
    with pytest.raises(
        WorldError, match="no answer to healing in 30 s; the logs in the run's folder say more"
    ):
        story.drive(world, stop=lambda: "deadline" if world.turns else None)
    assert HEAL_WITHIN_S < world.turns < HEAL_WITHIN_S + 4


def test_what_breaks_in_the_middle_is_noted_and_raised(story: Story) -> None:
    class Broken(Scripted):
        def advance(self) -> Sequence[Event]:
            raise KeyError("of ours")

    with pytest.raises(KeyError):
        story.drive(Broken())
    assert story.entries == (RunEnded(at_s=0.0, reason="world broke", detail="internal error: KeyError"),)


def test_a_world_that_takes_no_command_ends_the_run(story: Story) -> None:
    class Deaf(Scripted):
        def perform(self, command: Command) -> None:
            raise WorldError("the engine went away")

    with pytest.raises(WorldError, match="the engine went away"):
        story.drive(Deaf())
    assert story.entries == (RunEnded(at_s=0.0, reason="world broke", detail="the engine went away"),)
