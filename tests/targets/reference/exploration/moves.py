"""One step of a cluster that is a value: an event at a host, and where the words go that it sends.

Channels are FIFO, one for each ordered pair of hosts. One event's effects are one step: to die within them is
to die after them with what was sent dropped.
"""

from __future__ import annotations

from targets.reference.machines.grammar import AskPower, Began, Event, PowerAnswered, PowerState, Received
from targets.reference.machines.messages import Accept, Prepare, Record
from tests.targets.reference.exploration.hosts import DEAD, DEVICE, Hosts, Sent, Word
from tests.targets.reference.exploration.interning import Interned
from tests.targets.reference.exploration.scope import Act, Scope, State


class Moves:
    """names: the hosts, in the order of a state's numbers. into, outof: whose channels, by number.

    actors: the hosts, and the fence device where there is one. forgets: what is spent is on its way no more.
    """

    def __init__(self, scope: Scope, defects: frozenset[str]) -> None:
        self.scope, settings = scope, scope.settings
        self.forgets = True
        self.names = settings.nodes + settings.witnesses
        self.place = {name: place for place, name in enumerate(self.names)}
        self.ends = [(source, to) for source in self.names for to in self.names if source != to]
        if settings.fence == "device":
            self.ends += [(w, DEVICE) for w in settings.witnesses]
            self.ends += [(DEVICE, w) for w in settings.witnesses]
        self._pairs = {pair: number for number, pair in enumerate(self.ends)}
        self.actors = (*self.names, DEVICE) if settings.fence == "device" else self.names
        self.into = {
            name: tuple(n for n, (_, to) in enumerate(self.ends) if to == name) for name in self.actors
        }
        self.outof = {
            name: tuple(n for n, (source, _) in enumerate(self.ends) if source == name)
            for name in self.actors
        }
        self.hosts = Hosts(settings, defects)
        self.logs: Interned[tuple[Record, ...]] = Interned(())
        self._channels: Interned[tuple[Word, ...]] = Interned(())

    # --- looks ------------------------------------------------------------------------------------

    def number(self, state: State, name: str) -> int:
        return state.hosts[self.place[name]]

    def is_dead(self, state: State, name: str) -> bool:
        return self.hosts[self.number(state, name)].machine == DEAD

    def on_their_way(self, state: State) -> list[int]:
        return [
            number for number, channel in enumerate(state.channels) if channel and number not in state.held
        ]

    def arriving(self, state: State, name: str) -> list[int]:
        return [number for number in self.into[name] if state.channels[number] and number not in state.held]

    def words(self, state: State, number: int) -> tuple[Word, ...]:
        return self._channels[state.channels[number]]

    def waiting(self, channel: int) -> int:
        return len(self._channels[channel])

    def answers(self, state: State, act: Act) -> tuple[int, ...]:
        """The channel of a witness's answer to a ballot, which may be spent already."""
        if act.kind != "arrives" or not isinstance(act.what, int):
            return ()
        source, to = self.ends[act.what]
        word, _ = self.first(state, act.what)
        return (self._pairs[to, source],) if isinstance(word, Prepare | Accept) else ()

    def waits(self, state: State, name: str) -> bool:
        """It does nothing until some of what it has sent has arrived."""
        return any(
            self.is_full(state.channels[number]) and number not in state.held for number in self.outof[name]
        )

    def is_full(self, channel: int) -> bool:
        return not self.has_room(channel, 0)

    def has_room(self, channel: int, more: int) -> bool:
        """With so many more words on their way."""
        return self.waiting(channel) + more < self.scope.channel

    # --- steps ------------------------------------------------------------------------------------

    def first(self, state: State, number: int) -> tuple[Word, State]:
        channel = self._channels[state.channels[number]]
        rest = self._channels.number(channel[1:])
        return channel[0], state._replace(channels=with_number(state.channels, number, rest))

    def event(self, state: State, name: str, event: Event) -> State:
        place = self.place[name]
        before = state.hosts[place]
        number, sent, log = self.hosts.handle(before, name, state.now_s, event)
        if number != before:
            hosts = with_number(state.hosts, place, number)
            state = self._without_spent(state._replace(hosts=hosts), name)
        state = self.send(state, name, sent)
        return self._acknowledge(state, name, log) if log else state

    def heard(self, state: State, source: str, to: str, word: Word) -> State:
        match word:
            case AskPower():
                return self._switched(state, source, word)
            case PowerAnswered():
                return self.event(state, to, word)
            case _:
                return self.event(state, to, Received(source, word, source))

    def _switched(self, state: State, witness: str, ask: AskPower) -> State:
        """Off takes a while, and can be called back; with power a node starts."""
        node, place = ask.node, self.place[ask.node]
        if ask.order == "ForceOff" and node not in state.off + state.falling:
            state = state._replace(falling=tuple(sorted((*state.falling, node))))
        elif ask.order == "On":
            state = state._replace(falling=tuple(other for other in state.falling if other != node))
            if node in state.off:
                started = self.hosts.started(state.hosts[place], node)
                off = tuple(other for other in state.off if other != node)
                state = state._replace(off=off, hosts=with_number(state.hosts, place, started))
                state = self.event(state, node, Began())
        power: PowerState = "Off" if node in state.off else "PoweringOff" if node in state.falling else "On"
        return self.send(state, DEVICE, ((witness, PowerAnswered(ask.request, node, power)),))

    def _without_spent(self, state: State, name: str) -> State:
        """After the host has changed."""
        if not self.forgets:
            return state
        channels = [*state.channels]
        for n in self.into[name]:
            if channels[n]:
                source, _ = self.ends[n]
                words = self._channels[channels[n]]
                left = tuple(word for word in words if not self.is_spent(state, source, name, word))
                channels[n] = self._channels.number(left)
        return state._replace(channels=tuple(channels))

    def is_spent(self, state: State, source: str, to: str, word: Word) -> bool:
        """It changes nothing there, now and ever after."""
        return to != DEVICE and self.hosts.is_spent(self.number(state, to), to, state.now_s, source, word)

    def send(self, state: State, name: str, sent: list[tuple[str, Word]] | Sent) -> State:
        if not sent:
            return state
        channels = [*state.channels]
        for to, message in sent:
            pair = self._pairs.get((name, to))
            if pair is None or (to != DEVICE and self.is_dead(state, to)):
                continue
            if not (self.forgets and self.is_spent(state, name, to, message)):
                channels[pair] = self._channels.number((*self._channels[channels[pair]], message))
        return state._replace(channels=tuple(channels))

    def _acknowledge(self, state: State, name: str, log: tuple[Record, ...]) -> State:
        """What a node has acknowledged is acknowledged for ever."""
        shown = self.logs[state.shown]
        common = min(len(log), len(shown))
        if log[:common] != shown[:common]:
            return state._replace(broken=f"{name} acknowledges {log}, but {shown} was acknowledged")
        return state._replace(shown=self.logs.number(log)) if len(log) > len(shown) else state


def with_number(numbers: tuple[int, ...], place: int, number: int) -> tuple[int, ...]:
    return (*numbers[:place], number, *numbers[place + 1 :])
