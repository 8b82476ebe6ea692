"""Data nodes and witnesses, the real machines, as one value, and all that can happen to it next.

What can happen at a moment, in every order: the first message of a channel arrives or is dropped; a disk
finishes; a client writes or asks for a switchover; a process dies. A channel that is held keeps its messages
beyond the moment; all else must have arrived before time goes on, to the earliest timer. Channels are FIFO,
one for each ordered pair of hosts. A dead process starts again when nothing is under way. One event's
effects are one step: to die within them is to die after them with what was sent dropped.
"""

from __future__ import annotations

from collections.abc import Iterator

from targets.reference.machines.words.grammar import Began, Durable, Fired, Received, WitnessState
from targets.reference.machines.words.messages import HandBack, Register, SwitchOver, Write
from tests.targets.reference.exploration.holds import Holds
from tests.targets.reference.exploration.hosts import CLIENT, DEAD, KEY
from tests.targets.reference.exploration.moves import Moves, with_number
from tests.targets.reference.exploration.scope import Act, Left, Scope, State, Step


class Cluster:
    def __init__(self, scope: Scope, defects: frozenset[str] = frozenset()) -> None:
        self.scope, self.moves = scope, Moves(scope, defects)
        self.holds, self.hosts = Holds(self.moves), self.moves.hosts
        self._until_s = float("inf")

    def wrong(self, state: State) -> str:
        return self.holds.wrong(state)

    # --- the beginning ----------------------------------------------------------------------------

    def begin(self) -> State:
        """Everybody starts on empty disks, until the first node serves and the others are eligible."""
        scope = self.scope
        left = Left(
            scope.writes,
            scope.crashes,
            scope.restarts,
            scope.drops,
            scope.holds,
            scope.switchovers,
        )
        hosts = tuple(self.hosts.new(name) for name in self.moves.names)
        state = State(0.0, hosts, (0,) * len(self.moves.ends), left)
        for name in reversed(self.moves.names):
            state = self.moves.event(state, name, Began())
        while not self._is_steady(state):
            _, state = next(self._calm(state))
        self._until_s = state.now_s + scope.lasts_s
        return state

    def _is_steady(self, state: State) -> bool:
        """Whoever reigns serves, everybody is eligible, and all witnesses know it."""
        settings = self.scope.settings
        known = {self._known(state, name) for name in settings.witnesses}
        whole = len(known) == 1 and len(known.pop().eligible) == len(settings.nodes)
        return (
            whole
            and any(self.holds.serving(state, node) for node in settings.nodes)
            and not any(state.channels)
        )

    def _known(self, state: State, witness: str) -> Register:
        stored = self.hosts[self.moves.number(state, witness)].disk.state
        return stored.value if isinstance(stored, WitnessState) else Register()

    def tells(self, state: State, act: Act) -> str:
        """For a person."""
        match act:
            case Act("fires", name, timer):
                first_s = min(self.hosts.first_s[number] for number in state.hosts)
                return f"{max(first_s, state.now_s):g} s: {name}'s {timer}"
            case Act("arrives" | "is lost" | "is held" | "goes on" as kind, _, int(number)):
                message = self.moves.first(state, number)
                told = "" if kind == "arrives" else f"{kind} "
                return f"{' → '.join(self.moves.ends[number])} {told}{message}"
            case Act("dies", name, True):
                return f"{name} dies, its disk had done"
            case _:
                return f"{act.host} {act.kind}"

    # --- what can happen --------------------------------------------------------------------------

    def successors(self, state: State) -> Iterator[Step]:
        if self.is_over(state):
            return
        for name in self.moves.actors:
            yield from self.acts(state, name)
        if self.all_wait(state):
            yield from self._undone(state)
        yield from self._timers(state)
        yield from self._falls(state)
        if state.left.restarts and not self._is_under_way(state):
            yield from self._restarts(state)

    def acts(self, state: State, name: str) -> Iterator[Step]:
        """What can happen at one host: it alone changes, what is on its way to it, and what it sends."""
        if not self.moves.waits(state, name):
            yield from self._calm_acts(state, name)
        yield from self._strikes(state, name)

    def _strikes(self, state: State, name: str) -> Iterator[Step]:
        if state.left.drops:
            yield from self._drops(state, name)
        if state.left.holds:
            yield from self._holds(state, name)
        yield from self._releases(state, name)
        if state.left.writes and not self.moves.waits(state, name):
            yield from self._writes(state, name)
        if state.left.switchovers and not self.moves.waits(state, name):
            yield from self._switchovers(state, name)
        if state.left.crashes and name in self.scope.may_crash:
            yield from self._crashes(state, name)

    def all_wait(self, state: State) -> bool:
        """Each for another to take what it has sent."""
        return self._is_under_way(state) and not any(self.is_busy(state, n) for n in self.moves.actors)

    def _is_under_way(self, state: State) -> bool:
        syncs = self.hosts.syncs
        return self.moves.on_their_way(state) or any(syncs[number] for number in state.hosts)

    def _undone(self, state: State) -> Iterator[Step]:
        """Where all wait for each other the first of them goes on all the same."""
        for name in self.moves.actors:
            acts = [*self._calm_acts(state, name)]
            if acts:
                yield from acts
                return

    def is_busy(self, state: State, name: str) -> bool:
        """It has something to do before time goes on."""
        place = self.moves.place.get(name)
        has_work = place is not None and self.hosts.syncs[state.hosts[place]]
        if not has_work:
            for number in self.moves.into[name]:
                if state.channels[number] and number not in state.held:
                    has_work = True
                    break
        return has_work and not self.moves.waits(state, name)

    def _calm(self, state: State) -> Iterator[Step]:
        for name in self.moves.actors:
            yield from self._calm_acts(state, name)
        yield from self._falls(state)
        yield from self._timers(state)

    def _calm_acts(self, state: State, name: str) -> Iterator[Step]:
        yield from self._deliveries(state, name)
        yield from self._disk(state, name)

    def is_over(self, state: State) -> bool:
        return bool(state.broken) or self.holds.too_new(state)

    def _deliveries(self, state: State, name: str) -> Iterator[Step]:
        for number in self.moves.arriving(state, name):
            yield Act("arrives", name, number), self.moves.arrived(state, number)

    def _drops(self, state: State, name: str) -> Iterator[Step]:
        left = state.left._replace(drops=state.left.drops - 1)
        for number in self.moves.arriving(state, name):
            rest = self.moves.lost(state, number)
            # To lose what changes nothing is to hear it, and to have one loss less.
            if self.moves.arrived(state, number) != rest:
                yield Act("is lost", name, number), rest._replace(left=left)

    def _holds(self, state: State, name: str) -> Iterator[Step]:
        left = state.left._replace(holds=state.left.holds - 1)
        for number in self.moves.arriving(state, name):
            held = tuple(sorted((*state.held, number)))
            yield Act("is held", name, number), state._replace(held=held, left=left)

    def _releases(self, state: State, name: str) -> Iterator[Step]:
        for number in state.held:
            if number in self.moves.into[name]:
                held = tuple(other for other in state.held if other != number)
                yield Act("goes on", name, number), state._replace(held=held)

    def _disk(self, state: State, name: str) -> Iterator[Step]:
        if name not in self.moves.place:
            return
        place = self.moves.place[name]
        number = state.hosts[place]
        if self.hosts.syncs[number]:
            last = self.hosts[number].unsynced[-1]
            after = state._replace(hosts=with_number(state.hosts, place, self.hosts.synced(number)))
            yield Act("has synced", name), self.moves.event(after, name, Durable(last.epoch, last.position))

    def _timers(self, state: State) -> Iterator[Step]:
        """Time goes on when nothing is under way, to the earliest timer; those of one moment in any order."""
        if self._is_under_way(state) or state.falling:
            return
        first_s = min(self.hosts.first_s[number] for number in state.hosts)
        if first_s > self._until_s:
            return
        for place, number in enumerate(state.hosts):
            for timer in self.hosts.due(number, first_s):
                hosts = with_number(state.hosts, place, self.hosts.without(number, timer))
                after = state._replace(now_s=max(state.now_s, first_s), hosts=hosts)
                name = self.moves.names[place]
                yield Act("fires", name, timer), self.moves.event(after, name, Fired(timer))

    def _writes(self, state: State, name: str) -> Iterator[Step]:
        if name in (self.scope.may_write or self.scope.settings.nodes) and self.holds.serving(state, name):
            left = state.left._replace(writes=state.left.writes - 1)
            event = Received(CLIENT, Write(state.left.writes, KEY, f"v{state.left.writes}"), CLIENT)
            yield Act("is written to", name), self.moves.event(state._replace(left=left), name, event)

    def _switchovers(self, state: State, name: str) -> Iterator[Step]:
        if name in self.scope.settings.nodes and self.holds.serving(state, name):
            left = state.left._replace(switchovers=state.left.switchovers - 1)
            (to, *_) = [other for other in self.scope.settings.nodes if other != name]
            event = Received(CLIENT, SwitchOver(0, to), CLIENT)
            yield Act("is asked to hand over", name), self.moves.event(state._replace(left=left), name, event)

    def _crashes(self, state: State, name: str) -> Iterator[Step]:
        """What it had sent may still arrive; what was sent to it does not. Of its disk's work all is done, or
        nothing."""
        number = self.moves.number(state, name)
        host = self.hosts[number]
        if host.machine == DEAD:
            return
        left = state.left._replace(crashes=state.left.crashes - 1)
        gone = self.moves.into[name]
        channels = tuple(0 if n in gone else channel for n, channel in enumerate(state.channels))
        after = state._replace(left=left, channels=channels)
        if self.scope.fast_path and host.claimed:
            word = HandBack(host.claimed, name)
            after = self.moves.send(after, name, tuple((w, word) for w in self.scope.settings.witnesses))
        for keeps in (False, True) if host.unsynced else (False,):
            dead = self.hosts.dead(number, keeps=keeps)
            yield (
                Act("dies", name, keeps),
                after._replace(hosts=with_number(state.hosts, self.moves.place[name], dead)),
            )

    def _restarts(self, state: State) -> Iterator[Step]:
        left = state.left._replace(restarts=state.left.restarts - 1)
        for place, number in enumerate(state.hosts):
            name = self.moves.names[place]
            if self.hosts[number].machine == DEAD and name not in state.off:
                hosts = with_number(state.hosts, place, self.hosts.started(number, name))
                after = self.moves.event(state._replace(hosts=hosts, left=left), name, Began())
                yield Act("starts", name), after

    def _falls(self, state: State) -> Iterator[Step]:
        """Whoever loses power is dead, and its agent too."""
        for node in state.falling:
            place, gone = self.moves.place[node], self.moves.into[node]
            dead = self.hosts.dead(state.hosts[place], keeps=False)
            yield (
                Act("loses power", node),
                state._replace(
                    hosts=with_number(state.hosts, place, dead),
                    channels=tuple(0 if n in gone else c for n, c in enumerate(state.channels)),
                    falling=tuple(other for other in state.falling if other != node),
                    off=tuple(sorted((*state.off, node))),
                ),
            )
