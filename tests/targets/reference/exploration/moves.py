"""One step of a cluster that is a value: an event at a host, and where the words go that it sends.

Channels are FIFO, one for each ordered pair of hosts. One event's effects are one step: to die within them is
to die after them with what was sent dropped.
"""

from __future__ import annotations

from typing import NamedTuple

from targets.reference.machines.words.grammar import (
    AskPower,
    Began,
    Event,
    PowerAnswered,
    PowerState,
    Received,
)
from targets.reference.machines.words.messages import Accept, Prepare, Record
from tests.targets.reference.exploration.channels import Channels
from tests.targets.reference.exploration.hosts import DEVICE, Hosts, Log, Sent, Word
from tests.targets.reference.exploration.interning import Interned
from tests.targets.reference.exploration.scope import Act, Scope, State

_NO_HOST = -1


class Did(NamedTuple):
    """What an event does: the host after it, the words that it sends (channel, word, whose place it goes to),
    and what the host has acknowledged if it reigns. All but the last by number."""

    host: int
    sent: tuple[tuple[int, int, int], ...]
    log: Log


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
        self.channels = Channels()
        # By host, moment, channel and word or content: what was worked out once.
        self._heard: dict[tuple[int, float, int, int], Did] = {}
        self._spent: dict[tuple[int, float, int, int], bool] = {}
        self._unspent: dict[tuple[int, float, int, int], int] = {}

    # --- looks ------------------------------------------------------------------------------------

    def number(self, state: State, name: str) -> int:
        return state.hosts[self.place[name]]

    def on_their_way(self, state: State) -> bool:
        channels = state.channels
        return any(channels) and (
            not state.held or any(c and n not in state.held for n, c in enumerate(channels))
        )

    def arriving(self, state: State, name: str) -> list[int]:
        return [number for number in self.into[name] if state.channels[number] and number not in state.held]

    def words(self, state: State, number: int) -> tuple[Word, ...]:
        return tuple(self.channels.words[word] for word in self.channels[state.channels[number]])

    def waiting(self, content: int) -> int:
        return self.channels.waiting[content]

    def answers(self, state: State, act: Act) -> tuple[int, ...]:
        """The channel of a witness's answer to a ballot, which may be spent already."""
        if act.kind != "arrives" or not isinstance(act.what, int):
            return ()
        source, to = self.ends[act.what]
        return (self._pairs[to, source],) if isinstance(self.first(state, act.what), Prepare | Accept) else ()

    def waits(self, state: State, name: str) -> bool:
        """It does nothing until some of what it has sent has arrived."""
        channels, waiting, most = state.channels, self.channels.waiting, self.scope.channel
        for number in self.outof[name]:
            content = channels[number]
            if content and waiting[content] >= most and number not in state.held:
                return True
        return False

    def is_full(self, content: int) -> bool:
        return self.channels.waiting[content] >= self.scope.channel

    def has_room(self, content: int, more: int) -> bool:
        """With so many more words on their way."""
        return self.channels.waiting[content] + more < self.scope.channel

    def first(self, state: State, number: int) -> Word:
        return self.channels.words[self.channels[state.channels[number]][0]]

    # --- steps ------------------------------------------------------------------------------------

    def lost(self, state: State, number: int) -> State:
        """The first word of a channel, and nobody hears it."""
        return state._replace(channels=self._taken(state, number))

    def arrived(self, state: State, number: int) -> State:
        """The first word of a channel."""
        source, to = self.ends[number]
        word = self.channels[state.channels[number]][0]
        key = (state.hosts[self.place[to]] if to != DEVICE else _NO_HOST, state.now_s, number, word)
        did = self._heard.get(key)
        if did is None:
            match self.channels.words[word]:
                case AskPower() as ask:
                    return self._switched(self.lost(state, number), source, ask)
                case PowerAnswered() as event:
                    did = self._did(state, to, event)
                case message:
                    did = self._did(state, to, Received(source, message, source))
            self._heard[key] = did
        return self._after(state, self._taken(state, number), to, did)

    def _taken(self, state: State, number: int) -> tuple[int, ...]:
        """All channels, that one without its first word."""
        rest = self.channels.rest(state.channels[number])
        return with_number(state.channels, number, rest)

    def event(self, state: State, name: str, event: Event) -> State:
        return self._after(state, state.channels, name, self._did(state, name, event))

    def send(self, state: State, name: str, sent: Sent) -> State:
        channels = [*state.channels]
        self._say(state.now_s, state.hosts, channels, self._numbered(name, sent))
        return state._replace(channels=tuple(channels))

    def _did(self, state: State, name: str, event: Event) -> Did:
        number, sent, log = self.hosts.handle(self.number(state, name), name, state.now_s, event)
        return Did(number, self._numbered(name, sent), log)

    def _numbered(self, name: str, sent: Sent) -> tuple[tuple[int, int, int], ...]:
        """Those for whom there is a channel."""
        return tuple(
            (self._pairs[name, to], self.channels.words.number(word), self.place.get(to, _NO_HOST))
            for to, word in sent
            if (name, to) in self._pairs
        )

    def _after(self, state: State, channels: tuple[int, ...], name: str, did: Did) -> State:
        hosts, place = state.hosts, self.place[name]
        if did.host != hosts[place]:
            hosts = with_number(hosts, place, did.host)
            if self.forgets:
                channels = self._without_spent(did.host, name, state.now_s, channels)
        if did.sent:
            changed = [*channels]
            self._say(state.now_s, hosts, changed, did.sent)
            channels = tuple(changed)
        state = state._replace(hosts=hosts, channels=channels)
        return self._acknowledge(state, name, did.log) if did.log else state

    def _say(
        self,
        now_s: float,
        hosts: tuple[int, ...],
        channels: list[int],
        sent: tuple[tuple[int, int, int], ...],
    ) -> None:
        """To the dead nothing is said, nor what is spent already."""
        for number, word, place in sent:
            if place != _NO_HOST:
                host = hosts[place]
                if self.hosts.is_dead[host] or (self.forgets and self._is_spent(host, now_s, number, word)):
                    continue
            channels[number] = self.channels.grown(channels[number], word)

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

    # --- what is spent ----------------------------------------------------------------------------

    def is_spent(self, state: State, source: str, to: str, word: Word) -> bool:
        """It changes nothing there, now and ever after."""
        number = self.channels.words.number(word)
        pair = self._pairs[source, to]
        return to != DEVICE and self._is_spent(self.number(state, to), state.now_s, pair, number)

    def _is_spent(self, host: int, now_s: float, number: int, word: int) -> bool:
        key = (host, now_s, number, word)
        spent = self._spent.get(key)
        if spent is None:
            source, to = self.ends[number]
            spent = self.hosts.is_spent(host, to, now_s, source, self.channels.words[word])
            self._spent[key] = spent
        return spent

    def _without_spent(
        self, host: int, name: str, now_s: float, channels: tuple[int, ...]
    ) -> tuple[int, ...]:
        """On the way to the host, which has changed."""
        for number in self.into[name]:
            content = channels[number]
            if content:
                key = (host, now_s, number, content)
                left = self._unspent.get(key)
                if left is None:
                    words = self.channels[content]
                    kept = tuple(word for word in words if not self._is_spent(host, now_s, number, word))
                    left = self._unspent[key] = self.channels.number(kept)
                if left != content:
                    channels = with_number(channels, number, left)
        return channels

    def _acknowledge(self, state: State, name: str, log: tuple[Record, ...]) -> State:
        """What a node has acknowledged is acknowledged for ever."""
        shown = self.logs[state.shown]
        common = min(len(log), len(shown))
        if log[:common] != shown[:common]:
            return state._replace(broken=f"{name} acknowledges {log}, but {shown} was acknowledged")
        return state._replace(shown=self.logs.number(log)) if len(log) > len(shown) else state


def with_number(numbers: tuple[int, ...], place: int, number: int) -> tuple[int, ...]:
    return (*numbers[:place], number, *numbers[place + 1 :])
