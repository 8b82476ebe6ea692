"""Random runs of the cluster: faults at random times and at protocol moments, then all is healed.

A run is its seed: settings, clocks, delays, faults. What the protocol cannot survive is left out (two lost
witness stores), or excused when it happened and a person was called (the store that alone may reign is lost).
"""

from __future__ import annotations

import random
from collections.abc import Callable

from targets.reference.machines.grammar import (
    Alert,
    Answer,
    Effect,
    NodeState,
    Send,
    Tell,
    TellRole,
    WitnessState,
)
from targets.reference.machines.messages import (
    NO_BALLOT,
    Accept,
    Accepted,
    Common,
    Fence,
    Follow,
    Granted,
    HandBack,
    Heartbeat,
    Here,
    LeaseOver,
    Promised,
    Promote,
    Read,
    Register,
    Reply,
    Seal,
    Sealed,
    Stream,
    StreamAck,
    StreamRefused,
    Vote,
    Write,
)
from targets.reference.settings import Detector, Settings
from tests.targets.reference.machines.cluster import Cluster, Process, both_ways
from tests.targets.reference.machines.connections import Cut, Way
from tests.targets.reference.machines.truth import Truth

STEADY_S = 1.5
# With all healed: the longest pause of a ballot, a witness without its store, a lease, a failover, a retake.
WRITABLE_WITHIN_S = 3.0
WHOLE_WITHIN_S = 4.0
Fault = Callable[[str, str], None]
_MOMENTS: tuple[type, ...] = (
    Granted,
    Heartbeat,
    HandBack,
    Reply,
    Fence,
    LeaseOver,
    Here,
    Seal,
    Sealed,
    Accept,
    Accepted,
    Promised,
    Promote,
    Follow,
    Common,
    Stream,
    StreamAck,
    StreamRefused,
    Vote,
)


def settings_of(draw: random.Random) -> Settings:
    interval_s = draw.choice((0.05, 0.1))
    nodes = ("n1", "n2") if draw.random() < 0.8 else ("n1", "n2", "n3")
    return Settings(
        replication="sync" if draw.random() < 0.75 else "async",
        detector=Detector(interval_s=interval_s, timeout_s=interval_s, threshold=draw.choice((2, 3, 5))),
        lease_s=draw.choice((0.0, 0.0, 0.25, 0.8)),
        clock_rate_error=draw.choice((0.001, 0.001, 0.05)),
        nodes=nodes,
    )


class Clients:
    """They go where the router points, and some of them elsewhere; every value is written once."""

    def __init__(self, cluster: Cluster, truth: Truth, *, stray: float = 0.3) -> None:
        self._cluster, self._truth, self._stray, self._values = cluster, truth, stray, 0

    def begin(self) -> None:
        draw, cluster = self._cluster.draw, self._cluster
        astray = draw.random() < self._stray
        node = draw.choice(cluster.settings.nodes) if astray else cluster.router
        self._truth.called(cluster.call(node, self._ask()))
        cluster.later(draw.uniform(0.002, 0.05), self.begin)

    def _ask(self) -> Callable[[int], Write | Read]:
        key = self._cluster.draw.choice("xyz")
        if self._cluster.draw.random() < 0.4:
            return lambda request: Read(request, key)
        self._values += 1
        value = f"v{self._values}"
        return lambda request: Write(request, key, value)


class Run:
    """One schedule. `problem` says what went wrong, empty when nothing did."""

    def __init__(
        self, seed: int, defects: frozenset[str] = frozenset(), settings: Settings | None = None
    ) -> None:
        self.draw = random.Random(seed)
        self.cluster = Cluster(seed, settings or settings_of(self.draw), defects)
        self.truth = Truth(self.cluster)
        self.trace: list[str] = []
        self.reached: set[str] = set()  # kinds of effects and messages, phases, roles
        self._armed: list[tuple[type, int, Fault]] = []
        self._healed = False
        judge = self.cluster.before

        def before(process: Process, effect: Effect) -> None:
            judge(process, effect)
            self.reached.add(_name(effect))
            self._moment(process, effect)

        self.cluster.before = before
        Clients(self.cluster, self.truth).begin()

    # --- the run ----------------------------------------------------------------------------------

    def problem(self) -> str:
        cluster, draw = self.cluster, self.draw
        if draw.random() < 0.15:
            self._scar()
        for host in self.hosts:
            cluster.later(draw.uniform(0, 0.8), cluster.start_host, host)
        begin_s = draw.choice((0.0, STEADY_S, STEADY_S))
        end_s = begin_s + draw.choice((0.3, 1.0, 4.0)) * draw.uniform(0.5, 1)
        for _ in range(draw.choice((1, 2, 3, 5, 8, 12))):
            self._plan(begin_s, end_s)
        cluster.run(end_s + draw.choice((0.0, 0.5, 2.0)))
        self.heal()
        healed_s = cluster.now_s
        written = self._until(WRITABLE_WITHIN_S, lambda: self.truth.asked_s > healed_s)
        whole = self._until(WHOLE_WITHIN_S, self.whole)
        if self.truth.violations:
            return self.truth.violations[0]
        if self.truth.lost_store() and any(isinstance(told, Alert) for _, _, told in cluster.told):
            return ""
        if not written:
            return f"not writable within {WRITABLE_WITHIN_S} s"
        return "" if whole else f"not whole within {WHOLE_WITHIN_S} s: {self.truth.register}"

    def _scar(self) -> None:
        """What promotions and ballots that were given up leave behind: seals and promises."""
        for disk in self.cluster.disks.values():
            disk.state = NodeState(identity=disk.state.identity, sealed=self.draw.randint(0, 9))
        for witness in self.cluster.stores:
            promised = (self.draw.randint(0, 99), "w1", 1)
            state = WitnessState(promised=promised, accepted=NO_BALLOT, value=Register())
            self.cluster.stores[witness] = self.draw.choice((state, None))

    @property
    def hosts(self) -> tuple[str, ...]:
        return self.cluster.settings.nodes + self.cluster.settings.witnesses

    def heal(self) -> None:
        self.note("heal")
        cluster = self.cluster
        self._healed = True
        self._armed.clear()
        cluster.net.slow_s.clear()
        cluster.net.heal([*cluster.net.cuts])
        cluster.slow_disks_s.clear()
        for host in self.hosts:
            cluster.resume(host)
            cluster.start_host(host)
            cluster.start_child(host)

    def whole(self) -> bool:
        """Every store is eligible again."""
        eligible = {member.node for member in self.truth.register.eligible}
        return eligible == {*self.cluster.settings.nodes}

    def note(self, text: str) -> None:
        self.trace.append(f"{self.cluster.now_s:.4f} {text}")

    def _until(self, within_s: float, holds: Callable[[], bool]) -> bool:
        return self.cluster.run(self.cluster.now_s + within_s, stop=holds)

    # --- faults -----------------------------------------------------------------------------------

    def _plan(self, begin_s: float, end_s: float) -> None:
        draw = self.draw
        wait_s = draw.uniform(begin_s, end_s) - self.cluster.now_s
        fault, aimed = draw.choice(self._faults), draw.random() < 0.6
        if aimed:
            moment, nth = draw.choice(_MOMENTS), draw.choice((1, 1, 2, 3, 5))
            self.cluster.later(wait_s, self._armed.append, (moment, nth, fault))
        else:
            self.cluster.later(wait_s, lambda: fault(*draw.sample(self.hosts, 2)))

    def _moment(self, process: Process, effect: Effect) -> None:
        """Before a message is sent: whom it is about gets the fault."""
        if not self._armed or not isinstance(effect, Send | Answer):
            return
        for index, (moment, nth, fault) in enumerate(self._armed):
            if isinstance(effect.message, moment):
                self._armed[index] = (moment, nth - 1, fault)
                if nth == 1:
                    del self._armed[index]
                    self._strike(fault, process, effect)
                return

    def _strike(self, fault: Fault, process: Process, effect: Send | Answer) -> None:
        cluster = self.cluster
        peer = effect.to if isinstance(effect, Send) else cluster.net.peer(process, effect.via)
        if peer not in self.hosts:
            peer = self.draw.choice(self.hosts)
        self.note(f"{type(effect.message).__name__} of {process.host} to {peer}:")
        pair = self.draw.choice(((process.host, peer), (process.host, peer), (peer, process.host)))
        if self.draw.random() < 0.7:
            fault(*pair)
        else:
            cluster.later(self.draw.uniform(0, 0.02), lambda: None if self._healed else fault(*pair))

    @property
    def _faults(self) -> tuple[Fault, ...]:
        return (
            *(self.crash, self.crash, self.power, self.pause, self.pause, self.cut, self.cut, self.part),
            *(self.late, self.late, self.slow, self.slow_disk, self.switch, self.switch, self.lose_store),
            *(self.blackout, self.sleep),
        )

    def _end_later(self, act: Callable[..., object], *values: object) -> None:
        duration_s = self.draw.choice((0.03, 0.2, 0.5, 1.0, 3.0)) * self.draw.random()
        self.cluster.later(duration_s, act, *values)

    def crash(self, host: str, peer: str) -> None:
        self.note(f"crash {host}")
        self.cluster.kill(host)
        self._end_later(self._start, host)

    def power(self, host: str, peer: str) -> None:
        self.note(f"power off {host}")
        self.cluster.power_off(host)
        self._end_later(self._start, host)

    def blackout(self, host: str, peer: str) -> None:
        self.note("power off everything")
        for one in self.hosts:
            self.cluster.power_off(one)
            self._end_later(self._start, one)

    def _start(self, host: str) -> None:
        self.note(f"start {host}")
        self.cluster.start_host(host)
        self.cluster.start_child(host)

    def pause(self, host: str, peer: str) -> None:
        agent = self.draw.random() < 0.5
        self.note(f"pause {host}{' and its agent' if agent else ''}")
        self.cluster.pause(host, agent=agent)
        self._end_later(self._resume, host)

    def sleep(self, host: str, peer: str) -> None:
        """The whole machine."""
        self.note("all pause")
        for one in self.hosts:
            self.cluster.pause(one, agent=True)
        duration_s = self.draw.choice((0.1, 0.5, 1.0)) * self.draw.random()
        for one in self.hosts:
            self.cluster.later(duration_s, self._resume, one)

    def _resume(self, host: str) -> None:
        self.note(f"resume {host}")
        self.cluster.resume(host)

    def cut(self, host: str, peer: str) -> None:
        """Between two sets, or around one host; both ways or one; stalled or reset."""
        draw = self.draw
        some = {host, *draw.sample(self.hosts, draw.choice((0, 0, 1, 1, 2)))}
        others = [one for one in self.hosts if one not in some]
        if draw.random() < 0.4:
            others = draw.sample(others, draw.randint(1, len(others)))
        self._cut([(one, other) for one in sorted(some) for other in others])

    def part(self, host: str, peer: str) -> None:
        if host != peer:
            self._cut([(host, peer)])

    def _cut(self, ways: list[Way]) -> None:
        back = [(other, one) for one, other in ways]
        ways = self.draw.choice((ways, back, ways + back, ways + back))
        how: Cut = self.draw.choice(("stall", "stall", "reset"))
        self.note(f"cut {how} {ways}")
        self.cluster.net.cut(ways, how)
        self._end_later(self.cluster.net.heal, ways)

    def late(self, host: str, peer: str) -> None:
        """What is sent this way now comes late; what is sent later over another connection overtakes it."""
        slow_s = self.cluster.net.slow_s
        slow_s[host, peer] = self.draw.choice((0.02, 0.1, 0.5, 2.0)) * self.draw.random()
        self.note(f"late {host} to {peer} {slow_s[host, peer]:.3f}")
        self.cluster.later(self.draw.choice((0.001, 0.1, 1.0)), lambda: slow_s.pop((host, peer), None))

    def slow(self, host: str, peer: str) -> None:
        extra_s = self.draw.choice((0.005, 0.03, 0.1, 0.4)) * self.draw.random()
        others = self.draw.sample(self.hosts, self.draw.randint(1, len(self.hosts)))
        for way in both_ways([host], others):
            if self.draw.random() < 0.7:
                self.cluster.net.slow_s[way] = extra_s
        self.note(f"slow {host} {others} {extra_s:.3f}")
        self._end_later(self.cluster.net.slow_s.clear)

    def slow_disk(self, host: str, peer: str) -> None:
        self.note(f"slow disk {host}")
        self.cluster.slow_disks_s[host] = self.draw.choice((0.02, 0.1, 0.5))
        self._end_later(lambda: self.cluster.slow_disks_s.pop(host, None))

    def switch(self, host: str, peer: str) -> None:
        primary = self.truth.register.primary or host
        to = self.draw.choice(self.cluster.settings.nodes)
        self.note(f"switchover {primary} -> {to}")
        self.cluster.switch_over(primary, to)

    def lose_store(self, host: str, peer: str) -> None:
        """A witness's while all others have theirs, or a standby's while another node holds everything."""
        cluster, register = self.cluster, self.truth.register
        if host in cluster.stores and all(cluster.stores.values()):
            self.note(f"lose store of {host}")
            cluster.kill(host)
            cluster.stores[host] = None
            self._end_later(self._start, host)
        elif host in cluster.disks and host != register.primary and len(register.eligible) > 1:
            self.note(f"lose store of {host}")
            cluster.power_off(host)
            cluster.lose_disk(host)
            self._end_later(self._start, host)


def _name(effect: Effect) -> str:
    match effect:
        case Send(message=message) | Answer(message=message):
            return type(message).__name__
        case Tell(phase=phase):
            return phase
        case TellRole(role=role):
            return role
        case _:
            return type(effect).__name__
