"""Data nodes and witnesses, the real machines, as one value, and all that can happen to it next.

What can happen at a moment, in every order: the first message of a channel arrives or is dropped; a disk
finishes; a client writes or asks for a switchover; a process dies. A channel that is held keeps its messages
beyond the moment; all else must have arrived before time goes on, to the earliest timer. Channels are FIFO,
one for each ordered pair of hosts. A dead process starts again when nothing is on its way. One event's
effects are one step: to die within them is to die after them with what was sent dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from targets.reference.machines.grammar import (
    AskPower,
    Began,
    Durable,
    Event,
    Fired,
    PowerAnswered,
    PowerState,
    Received,
    WitnessState,
)
from targets.reference.machines.messages import HandBack, Record, Register, SwitchOver, Write
from tests.targets.reference.exploration.hosts import CLIENT, DEAD, DEVICE, KEY, Hosts, Sent, Word
from tests.targets.reference.exploration.interning import Interned
from tests.targets.reference.exploration.scope import Left, Scope, State, Step


class Cluster:
    def __init__(self, scope: Scope, defects: frozenset[str] = frozenset()) -> None:
        self.scope, settings = scope, scope.settings
        self.names = settings.nodes + settings.witnesses
        self._place = {name: place for place, name in enumerate(self.names)}
        self._ends = [(source, to) for source in self.names for to in self.names if source != to]
        if settings.fence == "device":
            self._ends += [(w, DEVICE) for w in settings.witnesses] + [
                (DEVICE, w) for w in settings.witnesses
            ]
        self._pairs = {pair: number for number, pair in enumerate(self._ends)}
        self._into = {
            name: frozenset(n for n, (_, to) in enumerate(self._ends) if to == name) for name in self.names
        }
        self.hosts = Hosts(settings, defects)
        self._channels: Interned[tuple[Word, ...]] = Interned(())
        self._logs: Interned[tuple[Record, ...]] = Interned(())
        self._clashes: dict[tuple[int, ...], str] = {}
        self._until_s = float("inf")

    # --- the beginning ----------------------------------------------------------------------------

    def begin(self) -> State:
        """Everybody starts on empty disks, until the first node serves and the others are eligible."""
        scope = self.scope
        left = Left(scope.writes, scope.crashes, scope.restarts, scope.drops, scope.holds, scope.switchovers)
        hosts = tuple(self.hosts.new(name) for name in self.names)
        state = State(0.0, hosts, (0,) * len(self._ends), left)
        for name in reversed(self.names):
            state = self._event(state, name, Began())
        while not self._is_steady(state):
            _, state = next(self._calm(state))
        self._until_s = state.now_s + scope.lasts_s
        return state

    def _calm(self, state: State) -> Iterator[Step]:
        yield from self._deliveries(state)
        yield from self._disks(state)
        yield from self._falls(state)
        yield from self._timers(state)

    def _is_steady(self, state: State) -> bool:
        """Whoever reigns serves, everybody is eligible, and all witnesses know it."""
        settings = self.scope.settings
        known = {self._known(state, name) for name in settings.witnesses}
        whole = len(known) == 1 and len(known.pop().eligible) == len(settings.nodes)
        return (
            whole and any(self._serving(state, node) for node in settings.nodes) and not any(state.channels)
        )

    def _known(self, state: State, witness: str) -> Register:
        stored = self.hosts[state.hosts[self._place[witness]]].disk.state
        return stored.value if isinstance(stored, WitnessState) else Register()

    # --- what can happen --------------------------------------------------------------------------

    def successors(self, state: State) -> Iterator[Step]:
        if state.broken or self._too_new(state):
            return
        yield from self._calm(state)
        if state.left.drops:
            yield from self._drops(state)
        if state.left.holds:
            yield from self._holds(state)
        yield from self._releases(state)
        if state.left.writes:
            yield from self._writes(state)
        if state.left.switchovers:
            yield from self._switchovers(state)
        if state.left.crashes:
            yield from self._crashes(state)
        if state.left.restarts and not self._on_their_way(state):
            yield from self._restarts(state)

    def _on_their_way(self, state: State) -> list[int]:
        return [
            number for number, channel in enumerate(state.channels) if channel and number not in state.held
        ]

    def _deliveries(self, state: State) -> Iterator[Step]:
        for number in self._on_their_way(state):
            source, to = self._ends[number]
            message, rest = self._first(state, number)
            yield f"{source} → {to} {message}", self._heard(rest, source, to, message)

    def _drops(self, state: State) -> Iterator[Step]:
        left = state.left._replace(drops=state.left.drops - 1)
        for number in self._on_their_way(state):
            message, rest = self._first(state, number)
            yield f"{' → '.join(self._ends[number])} loses {message}", rest._replace(left=left)

    def _first(self, state: State, number: int) -> tuple[Word, State]:
        channel = self._channels[state.channels[number]]
        rest = self._channels.number(channel[1:])
        return channel[0], state._replace(channels=_with(state.channels, number, rest))

    def _holds(self, state: State) -> Iterator[Step]:
        left = state.left._replace(holds=state.left.holds - 1)
        for number in self._on_their_way(state):
            held = tuple(sorted((*state.held, number)))
            yield f"{' → '.join(self._ends[number])} is held", state._replace(held=held, left=left)

    def _releases(self, state: State) -> Iterator[Step]:
        for number in state.held:
            held = tuple(other for other in state.held if other != number)
            yield f"{' → '.join(self._ends[number])} goes on", state._replace(held=held)

    def _disks(self, state: State) -> Iterator[Step]:
        for place, number in enumerate(state.hosts):
            unsynced = self.hosts[number].unsynced
            if unsynced:
                last, name = unsynced[-1], self.names[place]
                after = state._replace(hosts=_with(state.hosts, place, self.hosts.synced(number)))
                yield f"{name} has synced", self._event(after, name, Durable(last.epoch, last.position))

    def _timers(self, state: State) -> Iterator[Step]:
        """Time goes on when nothing is under way, to the earliest timer; those of one moment in any order."""
        if (
            self._on_their_way(state)
            or state.falling
            or any(self.hosts[number].unsynced for number in state.hosts)
        ):
            return
        first_s = min((self.hosts.first_s(number) for number in state.hosts), default=float("inf"))
        if first_s > self._until_s:
            return
        for place, number in enumerate(state.hosts):
            for timer in self.hosts.due(number, first_s):
                hosts = _with(state.hosts, place, self.hosts.without(number, timer))
                after = state._replace(now_s=max(state.now_s, first_s), hosts=hosts)
                name = self.names[place]
                yield f"{after.now_s:g} s: {name}'s {timer}", self._event(after, name, Fired(timer))

    def _writes(self, state: State) -> Iterator[Step]:
        left = state.left._replace(writes=state.left.writes - 1)
        for node in self.scope.settings.nodes:
            if self._serving(state, node):
                event = Received(CLIENT, Write(state.left.writes, KEY, f"v{state.left.writes}"), CLIENT)
                yield f"a client writes at {node}", self._event(state._replace(left=left), node, event)

    def _switchovers(self, state: State) -> Iterator[Step]:
        left = state.left._replace(switchovers=state.left.switchovers - 1)
        for node in self.scope.settings.nodes:
            if self._serving(state, node):
                (to, *_) = [other for other in self.scope.settings.nodes if other != node]
                event = Received(CLIENT, SwitchOver(0, to), CLIENT)
                yield f"{node} is asked to hand over", self._event(state._replace(left=left), node, event)

    def _crashes(self, state: State) -> Iterator[Step]:
        """What it had sent may still arrive; what was sent to it does not. Of its disk's work all is done, or
        nothing."""
        left = state.left._replace(crashes=state.left.crashes - 1)
        for name in self.scope.may_crash:
            number = state.hosts[self._place[name]]
            host = self.hosts[number]
            if host.machine == DEAD:
                continue
            channels = tuple(
                0 if n in self._into[name] else channel for n, channel in enumerate(state.channels)
            )
            after = state._replace(left=left, channels=channels)
            if self.scope.fast_path and host.claimed:
                after = self._send(
                    after,
                    name,
                    tuple((w, HandBack(host.claimed, name)) for w in self.scope.settings.witnesses),
                )
            for keeps in (False, True) if host.unsynced else (False,):
                dead = self.hosts.dead(number, keeps=keeps)
                survives = ", its disk had done" if keeps else ""
                yield (
                    f"{name} dies{survives}",
                    after._replace(hosts=_with(state.hosts, self._place[name], dead)),
                )

    def _restarts(self, state: State) -> Iterator[Step]:
        left = state.left._replace(restarts=state.left.restarts - 1)
        for place, number in enumerate(state.hosts):
            name = self.names[place]
            if self.hosts[number].machine == DEAD and name not in state.off:
                hosts = _with(state.hosts, place, self.hosts.started(number, name))
                yield f"{name} starts", self._event(state._replace(hosts=hosts, left=left), name, Began())

    # --- one step -----------------------------------------------------------------------------------

    def _event(self, state: State, name: str, event: Event) -> State:
        place = self._place[name]
        number, sent, log = self.hosts.handle(state.hosts[place], name, state.now_s, event)
        state = self._send(state._replace(hosts=_with(state.hosts, place, number)), name, sent)
        return self._acknowledge(state, name, log) if log else state

    def _heard(self, state: State, source: str, to: str, word: Word) -> State:
        match word:
            case AskPower():
                return self._switched(state, source, word)
            case PowerAnswered():
                return self._event(state, to, word)
            case _:
                return self._event(state, to, Received(source, word, source))

    def _switched(self, state: State, witness: str, ask: AskPower) -> State:
        """Off takes a while, and can be called back; with power a node starts."""
        node, place = ask.node, self._place[ask.node]
        if ask.order == "ForceOff" and node not in state.off + state.falling:
            state = state._replace(falling=tuple(sorted((*state.falling, node))))
        elif ask.order == "On":
            state = state._replace(falling=tuple(other for other in state.falling if other != node))
            if node in state.off:
                started = self.hosts.started(state.hosts[place], node)
                off = tuple(other for other in state.off if other != node)
                state = state._replace(off=off, hosts=_with(state.hosts, place, started))
                state = self._event(state, node, Began())
        power: PowerState = "Off" if node in state.off else "PoweringOff" if node in state.falling else "On"
        return self._send(state, DEVICE, ((witness, PowerAnswered(ask.request, node, power)),))

    def _falls(self, state: State) -> Iterator[Step]:
        """Whoever loses power is dead, and its agent too."""
        for node in state.falling:
            place, gone = self._place[node], self._into[node]
            dead = self.hosts.dead(state.hosts[place], keeps=False)
            yield (
                f"{node} loses power",
                state._replace(
                    hosts=_with(state.hosts, place, dead),
                    channels=tuple(0 if n in gone else c for n, c in enumerate(state.channels)),
                    falling=tuple(other for other in state.falling if other != node),
                    off=tuple(sorted((*state.off, node))),
                ),
            )

    def _send(self, state: State, name: str, sent: list[tuple[str, Word]] | Sent) -> State:
        if not sent:
            return state
        channels = [*state.channels]
        for to, message in sent:
            pair = self._pairs.get((name, to))
            if pair is None or (to != DEVICE and self._is_dead(state, to)):
                continue
            channel = self._channels[channels[pair]]
            if len(channel) < self.scope.channel:
                channels[pair] = self._channels.number((*channel, message))
        return state._replace(channels=tuple(channels))

    def _is_dead(self, state: State, name: str) -> bool:
        return self.hosts[state.hosts[self._place[name]]].machine == DEAD

    def _acknowledge(self, state: State, name: str, log: tuple[Record, ...]) -> State:
        """What a node has acknowledged is acknowledged for ever."""
        shown = self._logs[state.shown]
        common = min(len(log), len(shown))
        if log[:common] != shown[:common]:
            return state._replace(broken=f"{name} acknowledges {log}, but {shown} was acknowledged")
        return state._replace(shown=self._logs.number(log)) if len(log) > len(shown) else state

    # --- what must hold -----------------------------------------------------------------------------

    def _serving(self, state: State, node: str) -> bool:
        return self.hosts.serving(state.hosts[self._place[node]], state.now_s)

    def wrong(self, state: State) -> str:
        serving = [node for node in self.scope.settings.nodes if self._serving(state, node)]
        if len(serving) > 1:
            return f"{' and '.join(serving)} can decide at once"
        clash = self._clash(tuple(state.hosts[self._place[node]] for node in self.scope.settings.nodes))
        if clash:
            return clash
        shown = self._logs[state.shown]
        for node in serving:
            log = self.hosts.acknowledged(state.hosts[self._place[node]])
            if log[: len(shown)] != shown:
                return f"{node} serves {log}, but {shown} was acknowledged"
            value = self.hosts.shows(state.hosts[self._place[node]], node, state.now_s)
            if value is not None and value != next((r.value for r in reversed(shown) if r.key == KEY), ""):
                return f"{node} shows '{value}' to a read, but {shown} was acknowledged"
        return state.broken

    def _clash(self, nodes: tuple[int, ...]) -> str:
        """An epoch has one writer, so (epoch, position) is the name of one record in all logs."""
        if nodes not in self._clashes:
            records = set[Record]().union(*(self.hosts.written(number) for number in nodes))
            names = Counter((record.epoch, record.position) for record in records)
            twice = sorted(name for name, count in names.items() if count > 1)
            self._clashes[nodes] = f"{twice[0]} is the name of two records" if twice else ""
        return self._clashes[nodes]

    def _too_new(self, state: State) -> bool:
        return any(
            self.hosts.epoch(state.hosts[self._place[node]]) > self.scope.epochs
            for node in self.scope.settings.nodes
        )


def _with(numbers: tuple[int, ...], place: int, number: int) -> tuple[int, ...]:
    return (*numbers[:place], number, *numbers[place + 1 :])
