"""Random runs of the cluster: faults at random times and at protocol moments, then all is healed.

A run is its seed: settings, clocks, delays, faults. What the protocol cannot survive is left out (two lost
witness stores), or excused when it happened and a person was called (the store that alone may reign is lost).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Literal

import msgspec

from targets.reference.detection import WAYS, Way
from targets.reference.machines.words.grammar import (
    Alert,
    Answer,
    AskPower,
    Effect,
    NodeState,
    Send,
    Tell,
    TellRole,
    WitnessState,
)
from targets.reference.machines.words.messages import (
    NO_BALLOT,
    Accept,
    Accepted,
    Alive,
    Common,
    Fence,
    Follow,
    Granted,
    HandBack,
    Heartbeat,
    Here,
    Hint,
    LeaseOver,
    Probe,
    ProbeAnswer,
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
from targets.reference.settings import Detector, Replication, Settings, Temperature
from tests.targets.reference.machines.cluster import Cluster
from tests.targets.reference.machines.faults import Fault, Faults
from tests.targets.reference.machines.operators import Operators
from tests.targets.reference.machines.process import Process

STEADY_S = 1.5
# With all healed: the longest pause of a ballot, a witness without its store, a lease, a failover, a retake.
WRITABLE_WITHIN_S = 3.0
WHOLE_WITHIN_S = 4.0
_KINDS: tuple[Literal["threshold", "phi"], ...] = ("threshold", "threshold", "phi")
_WAYS: tuple[tuple[Way, ...], ...] = (WAYS, WAYS, ("push",), ("pull",), ("bidirectional",), ("push", "pull"))
_MODES: tuple[Replication, ...] = ("sync", "sync", "semi-sync", "semi-sync", "async")
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
    Probe,
    ProbeAnswer,
    Alive,
    Hint,
    AskPower,
    AskPower,
)


def settings_of(draw: random.Random) -> Settings:
    interval_s = draw.choice((0.05, 0.1))
    threshold, kind = draw.choice((2, 3, 5)), draw.choice(_KINDS)
    nodes = draw.choice((2, 2, 2, 3, 3, 3, 4, 5))
    replication = draw.choice(_MODES)
    waits = replication != "async"
    # Drawn aside: the runs of older seeds stay what they were.
    aside = random.Random()
    aside.setstate(draw.getstate())
    temperatures, ship_interval_s = _standbys(aside, nodes, waits=waits), aside.choice((0.2, 1.0))
    settings = Settings(
        replication=replication,
        sync_standbys=draw.choice((0, *range(1, nodes))) if waits else 0,
        min_standbys=draw.choice((0, 0, 0, 1)) if waits else 0,
        degrade_after_s=draw.choice((0.05, 0.3, 1.0)),
        dead_standby=draw.choice(("remove", "remove", "wait")),
        max_lag=0 if waits else draw.choice((0, 1, 5, 20)),
        detector=Detector(kind=kind, interval_s=interval_s, timeout_s=interval_s, threshold=threshold),
        heartbeats=draw.choice(_WAYS),
        canary_s=draw.choice((0.1, 1.0)),
        standby=temperatures,
        ship_interval_s=ship_interval_s,
        lease_s=draw.choice((0.0, 0.0, 0.25, 0.8)),
        clock_rate_error=draw.choice((0.001, 0.001, 0.05)),
        fence=draw.choice(("none", "device", "device")),
        nodes=tuple(f"n{number}" for number in range(1, nodes + 1)),
    )
    alone = settings.heartbeats == ("bidirectional",) and len(settings.cold) > nodes - 2
    return msgspec.structs.replace(settings, heartbeats=WAYS) if alone else settings


def _standbys(draw: random.Random, nodes: int, *, waits: bool) -> Temperature | dict[str, Temperature]:
    """Two nodes run where writes wait for a standby."""
    if draw.random() < 0.7 or (waits and nodes < 3):
        return "hot"
    return {f"n{nodes}": "cold"} if waits or draw.random() < 0.4 else "cold"


class Clients:
    """They go where the router points, and some of them elsewhere; every value is written once."""

    def __init__(self, cluster: Cluster, *, stray: float = 0.3) -> None:
        self._cluster, self._stray, self._values = cluster, stray, 0

    def begin(self) -> None:
        draw, cluster = self._cluster.draw, self._cluster
        astray = draw.random() < self._stray
        node = draw.choice(cluster.settings.nodes) if astray else cluster.router
        cluster.call(node, self._ask())
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
        self.truth = self.cluster.truth
        self.trace: list[str] = []
        self.reached: set[str] = set()  # kinds of effects and messages, phases, roles
        self._faults = Faults(self.cluster, self.truth, self.draw, self.note)
        self._operators = Operators(self.cluster, self.truth, self.draw, self.note)
        everything = self._faults.all + self._operators.all
        self._kinds = self.draw.choice((everything, everything, self._faults.of_replication))
        self._armed: list[tuple[type, int, Fault]] = []
        self._healed = False

        def before(process: Process, effect: Effect) -> None:
            self.reached.add(_name(effect))
            self._moment(process, effect)

        self.cluster.before = before
        Clients(self.cluster).begin()

    # --- the run ----------------------------------------------------------------------------------

    def problem(self) -> str:
        cluster, draw = self.cluster, self.draw
        if draw.random() < 0.15:
            self._scar()
        for host in self.cluster.hosts:
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
            return str(self.truth.violations[0])
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

    def heal(self) -> None:
        self.note("heal")
        cluster = self.cluster
        self._healed = True
        self._armed.clear()
        cluster.net.slow_s.clear()
        cluster.net.heal([*cluster.net.cuts])
        cluster.slow_disks_s.clear()
        cluster.device.mood = "sound"
        for host in self.cluster.hosts:
            cluster.resume(host)
            cluster.start_host(host)
            cluster.start_child(host)
        self._operators.end_maintenance()

    def whole(self) -> bool:
        """Every store is eligible again that may be."""
        register, settings = self.truth.register, self.cluster.settings
        wanted = {node for node in settings.nodes if settings.may_be_eligible(node)}
        return {member.node for member in register.eligible} | {register.primary} == wanted | {
            register.primary
        }

    def note(self, text: str) -> None:
        self.trace.append(f"{self.cluster.now_s:.4f} {text}")

    def _until(self, within_s: float, holds: Callable[[], bool]) -> bool:
        return self.cluster.run(self.cluster.now_s + within_s, stop=holds)

    # --- faults -----------------------------------------------------------------------------------

    def _plan(self, begin_s: float, end_s: float) -> None:
        draw = self.draw
        wait_s = draw.uniform(begin_s, end_s) - self.cluster.now_s
        fault, aimed = draw.choice(self._kinds), draw.random() < 0.6
        if aimed:
            moment, nth = draw.choice(_MOMENTS), draw.choice((1, 1, 2, 3, 5))
            self.cluster.later(wait_s, self._armed.append, (moment, nth, fault))
        else:
            self.cluster.later(wait_s, lambda: fault(*draw.sample(self.cluster.hosts, 2)))

    def _moment(self, process: Process, effect: Effect) -> None:
        """Before a message is sent, or the device is asked: whom it is about gets the fault."""
        if not self._armed or not isinstance(effect, Send | Answer | AskPower):
            return
        said = effect if isinstance(effect, AskPower) else effect.message
        for index, (moment, nth, fault) in enumerate(self._armed):
            if isinstance(said, moment):
                self._armed[index] = (moment, nth - 1, fault)
                if nth == 1:
                    del self._armed[index]
                    self._strike(fault, process, effect)
                return

    def _strike(self, fault: Fault, process: Process, effect: Send | Answer | AskPower) -> None:
        cluster = self.cluster
        match effect:
            case AskPower(node=peer):
                said: object = effect
            case Send(peer, said):
                pass
            case Answer(via, said):
                peer = cluster.net.peer(process, via)
        if peer not in self.cluster.hosts:
            peer = self.draw.choice(self.cluster.hosts)
        self.note(f"{type(said).__name__} of {process.host} to {peer}:")
        pair = self.draw.choice(((process.host, peer), (process.host, peer), (peer, process.host)))
        if self.draw.random() < 0.7:
            fault(*pair)
        else:
            cluster.later(self.draw.uniform(0, 0.02), lambda: None if self._healed else fault(*pair))


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
