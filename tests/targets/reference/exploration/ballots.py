"""The register alone: two proposers and three acceptors, the real ones, in every order of everything.

A request arrives in any order, late, or never. Its answer is heard at once, or never (within a budget):
all that a late one changes is what its proposer sends, which may be late anyway. A proposer's time-out may
come at any time. Each begins a change of the value that both know, resolves what is uncertain, and stops;
the first may die and begin again with a read. Lost stores are left out: see copying.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import Struct

from targets.reference.machines.register.caspaxos import Acceptor
from targets.reference.machines.register.registrar import Registrar
from targets.reference.machines.words.grammar import Effects, Persist, Send, SetTimer, StopTimer, WitnessState
from targets.reference.machines.words.messages import (
    NO_BALLOT,
    Accept,
    Accepted,
    Ballot,
    Member,
    Message,
    Prepare,
    Register,
)
from targets.reference.settings import Settings
from tests.targets.reference.exploration.interning import Interned
from tests.targets.reference.exploration.machines import Machines

A, B = Member("a", "a's"), Member("b", "b's")
BEFORE = Register(1, "a", (A, B))
# The primary takes a standby out; a coordinator promotes it: two that must not both happen.
CHANGES = {"a": Register(1, "a", (A,)), "b": Register(2, "b", (B,))}


class Bounds(Struct, frozen=True, kw_only=True):
    """timeouts: of each proposer. restarts: of the first. ballots: highest counter that is followed."""

    timeouts: int = 1
    restarts: int = 0
    losses: int = 0
    ballots: int = 3


class Proposer(NamedTuple):
    """machine: its number. clock_s: its own. told: what its operations have ended with, in order."""

    machine: int
    timers: tuple[tuple[str, float], ...]
    clock_s: float
    timeouts: int
    told: tuple[Register, ...] = ()


class State(NamedTuple):
    """sent: requests on their way, by number. accepted: all (ballot, value, acceptor) that ever were."""

    proposers: tuple[Proposer, ...]
    acceptors: tuple[int, ...]
    sent: frozenset[int]
    accepted: frozenset[tuple[Ballot, int, int]]
    restarts: int
    losses: int
    broken: str = ""


class Ballots:
    def __init__(self, bounds: Bounds, defects: frozenset[str] = frozenset()) -> None:
        self._bounds, self._defects = bounds, defects
        self._settings = Settings(nodes=("a", "b"))
        self._witnesses = self._settings.witnesses
        self._machines = Machines()
        self._letters: Interned[tuple[str, str, Message]] = Interned()
        self._states: Interned[WitnessState] = Interned()
        self._values: Interned[Register] = Interned()
        self._done: dict[tuple[int, float, int], tuple[int, Effects, Register | None]] = {}

    def begin(self) -> State:
        stored = WitnessState(promised=NO_BALLOT, accepted=NO_BALLOT, value=BEFORE)
        acceptors = (self._states.number(stored),) * len(self._witnesses)
        state = State((), acceptors, frozenset(), frozenset(), self._bounds.restarts, self._bounds.losses)
        for place, name in enumerate(CHANGES):
            state = self._started(state, place, name, 1, changes=True)
        return state

    # --- what can happen --------------------------------------------------------------------------

    def successors(self, state: State) -> Iterator[tuple[str, State]]:
        if state.broken:
            return
        for number in sorted(state.sent):
            name, acceptor, message = self._letters[number]
            after, answer = self._asked(state._replace(sent=state.sent - {number}), acceptor, message)
            yield (
                f"{name} → {acceptor} {message}: {answer}",
                self._heard(after, acceptor, name, answer),
            )
            if state.losses:
                yield (
                    f"{name} → {acceptor} {message}, answer lost",
                    after._replace(losses=state.losses - 1),
                )
        for place, proposer in enumerate(state.proposers):
            for timer, due_s in proposer.timers:
                if proposer.timeouts or timer != "ballot":
                    yield f"{[*CHANGES][place]}'s {timer}", self._fired(state, place, timer, due_s)
        if state.restarts:
            yield "a dies and starts again", self._restarted(state)

    def _asked(self, state: State, acceptor: str, message: Message) -> tuple[State, Message]:
        assert isinstance(message, Prepare | Accept)
        place = self._witnesses.index(acceptor)
        machine = Acceptor(self._states[state.acceptors[place]], self._defects)
        effects, answer = (
            machine.prepare(message) if isinstance(message, Prepare) else machine.accept(message)
        )
        assert all(isinstance(effect, Persist) for effect in effects)
        accepted = state.accepted
        if isinstance(answer, Accepted) and isinstance(message, Accept):
            accepted |= {(message.ballot, self._values.number(message.value), place)}
        acceptors = (
            *state.acceptors[:place],
            self._states.number(machine.state),
            *state.acceptors[place + 1 :],
        )
        return state._replace(acceptors=acceptors, accepted=accepted), answer

    def _heard(self, state: State, sender: str, name: str, message: Message) -> State:
        place = [*CHANGES].index(name)
        proposer = state.proposers[place]
        letter = self._letters.number((sender, name, message))
        return self._did(state, place, name, proposer, (proposer.machine, proposer.clock_s, letter))

    def _fired(self, state: State, place: int, timer: str, due_s: float) -> State:
        proposer = state.proposers[place]
        proposer = proposer._replace(
            clock_s=max(due_s, proposer.clock_s),
            timers=tuple(item for item in proposer.timers if item[0] != timer),
            timeouts=proposer.timeouts - (timer == "ballot"),
        )
        letter = self._letters.number((timer, "", Prepare(NO_BALLOT)))
        return self._did(
            state, place, [*CHANGES][place], proposer, (proposer.machine, proposer.clock_s, letter)
        )

    def _restarted(self, state: State) -> State:
        """Its former requests are still on their way."""
        return self._started(state._replace(restarts=state.restarts - 1), 0, "a", 2, changes=False)

    # --- one step -----------------------------------------------------------------------------------

    def _started(self, state: State, place: int, name: str, incarnation: int, *, changes: bool) -> State:
        registrar = Registrar(name, incarnation, self._settings, self._defects)
        effects = registrar.change(0.0, BEFORE, CHANGES[name]) if changes else registrar.read(0.0)
        proposer = Proposer(self._machines.number(registrar), (), 0.0, self._bounds.timeouts)
        return self._after(state, place, name, proposer, effects, None)

    def _did(
        self, state: State, place: int, name: str, proposer: Proposer, key: tuple[int, float, int]
    ) -> State:
        if key not in self._done:
            self._done[key] = self._worked_out(*key)
        number, effects, told = self._done[key]
        if number == proposer.machine == state.proposers[place].machine and not effects:
            return state
        return self._after(state, place, name, proposer._replace(machine=number), effects, told)

    def _worked_out(self, machine: int, clock_s: float, letter: int) -> tuple[int, Effects, Register | None]:
        registrar: Any = self._machines[machine]
        sender, to, message = self._letters[letter]
        effects = registrar.handle(clock_s, sender, message) if to else registrar.fired(clock_s, sender)
        told = registrar.take()
        return self._machines.number(registrar), effects, told

    def _after(
        self, state: State, place: int, name: str, proposer: Proposer, effects: Effects, told: Register | None
    ) -> State:
        sent, timers = set(state.sent), dict(proposer.timers)
        for effect in effects:
            match effect:
                case Send(to, Prepare(ballot=(counter, _, _)) | Accept(ballot=(counter, _, _)) as message):
                    if counter <= self._bounds.ballots:
                        sent.add(self._letters.number((name, to, message)))
                case SetTimer(timer, at_s):
                    timers[timer] = at_s
                case StopTimer(timer):
                    timers.pop(timer, None)
        if told is not None:
            proposer = proposer._replace(told=(*proposer.told, told))
        proposer = proposer._replace(timers=tuple(sorted(timers.items())))
        proposers = (*state.proposers[:place], proposer, *state.proposers[place + 1 :])
        return state._replace(proposers=proposers, sent=frozenset(sent))

    # --- what must hold -----------------------------------------------------------------------------

    def wrong(self, state: State) -> str:
        chosen = self._chosen(state)
        force = BEFORE
        for ballot in sorted(chosen):
            values = chosen[ballot]
            if len(values) > 1:
                return f"two values chosen at {ballot}: {values}"
            (value,) = values
            if value != force and not (force == BEFORE and value in CHANGES.values()):
                return f"{value} is chosen after {force}"
            force = value
        known = {BEFORE, *(value for values in chosen.values() for value in values)}
        for proposer in state.proposers:
            for told in proposer.told:
                if told not in known:
                    return f"told that {told} is in force, which nothing has chosen"
                if told != force and self._never_was(told, chosen, force):
                    return f"told {told}, {force} is in force"
        return state.broken

    def _never_was(self, told: Register, chosen: dict[Ballot, set[Register]], force: Register) -> bool:
        return told != BEFORE and all(told not in values for values in chosen.values())

    def _chosen(self, state: State) -> dict[Ballot, set[Register]]:
        votes: dict[tuple[Ballot, int], int] = {}
        for ballot, value, _ in state.accepted:
            votes[ballot, value] = votes.get((ballot, value), 0) + 1
        chosen: dict[Ballot, set[Register]] = {}
        for (ballot, value), count in votes.items():
            if count >= self._settings.majority:
                chosen.setdefault(ballot, set()).add(self._values[value])
        return chosen
