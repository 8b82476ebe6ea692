"""Whatever a world does, in whatever order: every fault is healed, every run ends, and then nothing more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import given as for_all
from hypothesis import strategies as st

from harness.model.command import (
    AwaitMoment,
    Command,
    Control,
    Execute,
    ForgetMoment,
    Heal,
    Inject,
    ReadAll,
    StartLoad,
    StopLoad,
    Wake,
)
from harness.model.event import Executed, HealthReported, MomentCame, Woke
from harness.model.journal import Note, RunEnded, TrialBegan, TrialEnded
from harness.model.plan import Plan, TimedStep
from tests.checkers.journals import op, plan
from tests.conductor.actions import crash, hold, kill, kill_on, on, switchover, wait
from tests.conductor.playbook import Playbook, steady

STEPS: tuple[TimedStep, ...] = (
    wait("steady"),
    wait("failover"),
    wait("rejoined"),
    wait("rejoined", host="victim"),
    hold(1.0),
    kill("primary", at=1.0, until=3.0),
    kill("standby", at=0.5, until=0.6),
    kill("old primary", at=2.0, until=9.0),
    kill("w1", at=1.0, until=30.0),
    switchover(),
    crash("primary"),
    crash("witnesses"),
    kill_on(on("tells", "register"), "primary"),
    kill_on(on("sends", "Granted", nth=3), "w1", at=0.5),
)
# Wakes at which something is to be done; all others are bounds.
PLANNED = ("step", "heal.", "hold", "tail", "read.")
# More wakes than any run of two trials of five steps asks for.
WAKES_MAX = 200

T = TypeVar("T")

PLANS = st.builds(
    lambda steps, trials: plan(steps=tuple(steps), trials=trials),
    st.lists(st.sampled_from(STEPS), max_size=5),
    st.integers(1, 2),
)
MOVES = st.lists(st.integers(0, 10_000), max_size=120)


class World(Playbook):
    """Answers what it likes, when it likes, with success or failure; remembers all that it was told."""

    def __init__(self, of: Plan) -> None:
        self.told: list[Command | Note] = []
        self.open: dict[str, Command] = {}
        self.primary, self.epoch = "n1", 1
        super().__init__(of)

    def _hear(self, commands: list[Command], notes: list[Note]) -> None:
        super()._hear(commands, notes)
        self.told += [*notes, *commands]
        self.open.update({_name(command): command for command in commands if not isinstance(command, Wake)})

    def move(self, choice: int) -> None:
        """Two of three moves help the drill along, or runs would hardly come far; one may be anything."""
        moves = self._anything() if choice % 3 == 0 else self._helpful()
        moves[choice // 3 % len(moves)]()

    def to_the_end(self) -> None:
        """Nothing but time passes."""
        for _ in range(WAKES_MAX):
            if self.finished:
                return
            self._wake(min(self.wakes, key=lambda name: self.wakes[name]))
        raise AssertionError(f"not finished after {WAKES_MAX} wakes: {self.lines}")

    def _helpful(self) -> list[Callable[[], object]]:
        oldest = next(iter(self.open.items()), None)
        answer = [self._answers(*oldest)[0]] if oldest else []
        planned = [name for name in self.wakes if any(f".{what}" in name for what in PLANNED)]
        earliest = min(planned, key=lambda name: self.wakes[name], default=None)
        wake = [lambda: self._wake(earliest)] if earliest else []
        return [*answer, *answer, *wake, self._all_well, lambda: self.served(), self._fail_over]

    def _anything(self) -> list[Callable[[], object]]:
        answers = [move for name, command in self.open.items() for move in self._answers(name, command)]
        wakes = [lambda name=name: self._wake(name) for name in self.wakes]
        return [
            *answers,
            *wakes,
            lambda: self.says(self.primary, "down", self.epoch),
            lambda: self.when(HealthReported(at_s=self.now_s, host="w1", ready=False, epoch=1)),
            lambda: self.when(op("write", "t1.z", "unknown", self.now_s, None)),
            lambda: self.failed("nobody"),
            lambda: self.abort("interrupted"),
        ]

    def _all_well(self) -> None:
        """Everyone says what is true, and stands in step."""
        other = "n1" if self.primary == "n2" else "n2"
        self.when(*steady(self.now_s)).says(other, "standby", self.epoch)
        self.says(self.primary, "primary", self.epoch).register(self.primary, self.epoch)

    def _fail_over(self) -> None:
        old, self.epoch = self.primary, self.epoch + 1
        self.primary = "n1" if old == "n2" else "n2"
        self.fails_over(old, self.primary, self.epoch)

    def _answers(self, name: str, command: Command) -> list[Callable[[], object]]:
        failing = name.removeprefix("heal ").removeprefix("stop ").removeprefix("load ")
        return [
            lambda: self._answered(name, lambda: self._well(name, command)),
            lambda: self._answered(name, lambda: self.failed(failing)),
        ]

    def _well(self, name: str, command: Command) -> None:
        match command:
            case Inject():
                self.applied(name)
            case Heal(fault_id=fault_id):
                self.healed(fault_id)
            case StopLoad(client=client):
                self.stopped(client)
            case Control():
                self.controlled(name)
            case Execute(host=host):
                at_s = self.now_s
                self.when(
                    Executed(command_id=name, host=host, exit_code=0, output="", before_s=at_s, after_s=at_s)
                )
            case ReadAll(host=host):
                self.read(name, host)
            case AwaitMoment(moment_id=moment_id):
                self.when(MomentCame(moment_id=moment_id, host="w1", text="", at_s=self.now_s))

    def _answered(self, name: str, answer: Callable[[], object]) -> None:
        del self.open[name]
        answer()

    def _wake(self, name: str) -> None:
        self.now_s = max(self.now_s, self.wakes.pop(name))
        self.when(Woke(wake_id=name, at_s=self.now_s))


def _name(command: Command) -> str:
    match command:
        case Inject(fault_id=name) | Control(control_id=name) | ReadAll(read_id=name) | Wake(wake_id=name):
            return name
        case AwaitMoment(moment_id=name) | Execute(command_id=name):
            return name
        case ForgetMoment(moment_id=name):
            return f"forget {name}"
        case Heal(fault_id=name):
            return f"heal {name}"
        case StopLoad(client=client):
            return f"stop {client}"
        case StartLoad(client=client):
            return f"load {client}"


def played(of: Plan, moves: list[int]) -> World:
    """These moves, then nothing but time until the end."""
    world = World(of)
    for choice in moves:
        if world.finished:
            break
        world.move(choice)
    world.to_the_end()
    return world


def of_kind(world: World, kind: type[T]) -> list[T]:
    return [told for told in world.told if isinstance(told, kind)]


@for_all(PLANS, MOVES)
def test_every_injection_is_followed_by_its_healing_once(of: Plan, moves: list[int]) -> None:
    told = played(of, moves).told
    for place, inject in enumerate(told):
        if isinstance(inject, Inject):
            assert told[place:].count(Heal(inject.fault_id)) == 1
            assert Heal(inject.fault_id) not in told[:place]


@for_all(PLANS, MOVES)
def test_every_run_ends_once_and_says_nothing_afterwards(of: Plan, moves: list[int]) -> None:
    world = played(of, moves)
    assert len(of_kind(world, RunEnded)) == 1
    before = len(world.told)
    for choice in range(40):
        world.move(choice)
    assert len(world.told) == before


@for_all(PLANS, MOVES)
def test_after_the_run_s_end_is_noted_only_healing_is_asked_for(of: Plan, moves: list[int]) -> None:
    told = played(of, moves).told
    end = next(place for place, said in enumerate(told) if isinstance(said, RunEnded))
    assert all(isinstance(said, Heal) for said in told[end + 1 :])


@for_all(PLANS, MOVES)
def test_trials_count_up_and_each_that_begins_ends(of: Plan, moves: list[int]) -> None:
    notes = [t for t in played(of, moves).told if isinstance(t, TrialBegan | TrialEnded)]
    begins = [(type(note), note.trial) for note in notes]
    assert begins == [
        pair for n in range(1, len(notes) // 2 + 1) for pair in ((TrialBegan, n), (TrialEnded, n))
    ]


@for_all(PLANS, MOVES)
def test_nothing_is_read_back_before_every_client_was_stopped_and_every_fault_healed(
    of: Plan, moves: list[int]
) -> None:
    told = played(of, moves).told
    for place, read in enumerate(told):
        if isinstance(read, ReadAll):
            before = told[:place]
            loads = [t.client for t in before if isinstance(t, StartLoad)]
            stops = [t.client for t in before if isinstance(t, StopLoad)]
            assert sorted(loads) == sorted(stops)
            injected = {t.fault_id for t in before if isinstance(t, Inject)}
            assert injected == {t.fault_id for t in before if isinstance(t, Heal)}


@for_all(PLANS, MOVES)
def test_a_client_is_loaded_once_a_trial_and_stopped_at_most_once(of: Plan, moves: list[int]) -> None:
    world = played(of, moves)
    trials = len(of_kind(world, TrialBegan))
    loads = [load.client for load in of_kind(world, StartLoad)]
    stops = [stop.client for stop in of_kind(world, StopLoad)]
    assert loads == ["client1", "client2"] * trials
    assert all(stops.count(client) <= loads.count(client) for client in ("client1", "client2"))


@for_all(PLANS, MOVES)
def test_only_a_trial_that_was_read_back_is_done(of: Plan, moves: list[int]) -> None:
    world = played(of, moves)
    reads = {read.value_prefix for read in of_kind(world, ReadAll)}
    assert all(f"t{e.trial}" in reads for e in of_kind(world, TrialEnded) if e.completed)


@for_all(PLANS)
def test_a_world_that_answers_nothing_ends_the_run_by_its_bounds(of: Plan) -> None:
    world = played(of, [])
    assert world.told[-1] == RunEnded(at_s=world.now_s, reason="gave up", detail="there was no primary")
