"""A mesh of hosts that exist in memory alone: injection's surroundings, and all of their ways to fail."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import IPv4Address
from typing import Literal

from harness.model.errors import WorldError
from harness.model.plan import HostPlan
from harness.seams import ServiceProcess, StackHost
from harness.worlds.faults.answers import (
    Begun,
    Connection,
    Destroyed,
    End,
    Ended,
    Followed,
    Lost,
    Met,
    Passing,
    Probe,
    Says,
    Settled,
    Sockets,
    Stamped,
)
from harness.worlds.faults.injection import Injection
from harness.worlds.faults.resident import Resident
from harness.worlds.links.changes import settled, stand_of
from harness.worlds.links.hub import Hub
from harness.worlds.links.mesh import Mesh, mesh
from tests.worlds.links.toxiproxydouble import ToxiproxyDouble, served

CHILD = ServiceProcess(kind="child", start_signal="SIGUSR1")


def placed() -> Mesh:
    """n1 and n2 serve from a child of their main process, r from its main process; c1, c2 listen nowhere."""
    processes = {"n1": CHILD, "n2": CHILD}
    hosts = [
        StackHost(
            plan=HostPlan(name=name, role="data", ports=() if name in ("c1", "c2") else (7000,)),
            service=name,
            process=processes.get(name, ServiceProcess()),
        )
        for name in ("n1", "n2", "r", "c1", "c2")
    ]
    return mesh(hosts, IPv4Address("198.18.0.0"))


class Hosts:
    """Processes by host. Offers Containers. did: what was asked of the engine and the resident, in order."""

    def __init__(self, of: Mesh) -> None:
        self.did: list[str] = []
        names = [host.name for host in of.hosts]
        self.mains = {name: 100 * (at + 1) for at, name in enumerate(names)}
        self.children = {name: self.mains[name] + 1 for name in names if of.host(name).stack.process == CHILD}
        self.sandboxes = {name: 9000 + at for at, name in enumerate(names)}
        self.states: dict[int, str] = {}
        self.frozen: set[str] = set()
        self.immortal, self.stubborn = set[int](), set[int]()
        self.restless = False
        self.dies_of_its_child = False
        # How often the engine still speaks of a process that is gone.
        self.engine_lags = 0
        self._engine_saw: dict[str, int] = {}

    def main_pid(self, host: str) -> int:
        if self.engine_lags and host in self._engine_saw:
            self.engine_lags -= 1
            return self._engine_saw[host]
        self._engine_saw[host] = self.mains[host]
        return self.mains[host]

    def sandbox_pid(self, host: str) -> int:
        return self.sandboxes[host]

    def grace_s(self, host: str) -> float:
        return 2.0

    def start(self, host: str) -> None:
        self.did.append(f"start {host}")
        if self.engine_lags:
            return  # it believes that it runs
        self.mains[host] = 100 * len(self.did) + 5000
        if host in self.children:
            self.children[host] = self.mains[host] + 1

    def freeze(self, host: str) -> None:
        self.did.append(f"pause {host}")
        self.frozen.add(host)

    def thaw(self, host: str) -> None:
        self.did.append(f"unpause {host}")
        self.frozen.discard(host)

    def seen(self, host: str, main_pid: int, *, frozen: bool, within_s: float) -> str:
        if (host in self.frozen) != frozen:
            raise WorldError(f"the cgroup of process {main_pid} is not as wanted")
        return f"the freezer of {host} says {'FROZEN' if frozen else 'THAWED'}"

    def end(self, pid: int) -> None:
        for host in self.mains:
            if pid == self.mains[host]:
                self.mains[host] = 0
                if host in self.children:
                    self.children[host] = 0
            elif pid == self.children.get(host):
                self.children[host] = pid + 1 if self.restless else 0

    def host_of(self, main_pid: int) -> str:
        return next(host for host, pid in self.mains.items() if pid == main_pid)


def _passing(look: tuple[float, float], local: str, remote: str, received: int, written: int) -> Passing:
    return Passing(
        before_s=look[0],
        after_s=look[1],
        local=local,
        remote=remote,
        received=received,
        written=written,
    )


class ResidentDouble(Resident):
    """Speaks of these hosts and of this Toxiproxy. leaking: bytes that get through cuts all the same.

    leaking_looks: until so many looks at the sockets. toothless: connections end as if nothing was wrong.
    delay_s: how long a byte stays in the hub; None where none comes.
    """

    def __init__(self, hosts: Hosts, toxiproxy: ToxiproxyDouble) -> None:
        super().__init__("127.0.0.1", 9, "")
        self.hosts, self.toxiproxy = hosts, toxiproxy
        self.lost_addresses: tuple[str, ...] = ()
        self.keeps_packets, self.leaking, self.lingering = False, 0, False
        self._looks, self.leaking_looks = 0, 1000
        self.toothless = False
        self.delay_s: float | None = 0.1
        self.follows_for_s = 0.0
        self.destroyed = set[str]()

    def end(
        self, main_pid: int, sandbox_pid: int, *, child: bool, name: Literal["KILL", "TERM"], within_s: float
    ) -> Ended:
        pid = self._pid(main_pid, sandbox_pid, child)
        self.hosts.did.append(f"{name} {pid}")
        now_s = time.monotonic()
        ends = pid not in self.hosts.immortal and not (name == "TERM" and pid in self.hosts.stubborn)
        if ends:
            self.hosts.end(pid)
        ended_s = now_s + 0.01 if ends and within_s else None
        return Ended(pid=pid, start_ticks=1, before_s=now_s, after_s=now_s, ended_s=ended_s)

    def gone(self, ended: Ended, *, within_s: float) -> Ended:
        immortal = ended.pid in self.hosts.immortal
        return Ended(
            pid=ended.pid,
            start_ticks=1,
            before_s=ended.before_s,
            after_s=ended.after_s,
            ended_s=None if immortal else ended.before_s + 0.01,
        )

    def halt(self, main_pid: int, sandbox_pid: int, *, child: bool) -> Settled:
        return self._settled(self._pid(main_pid, sandbox_pid, child), "STOP", "TT")

    def resume(self, halted: Settled, sandbox_pid: int) -> Settled | None:
        lives = halted.pid in (*self.hosts.mains.values(), *self.hosts.children.values())
        return self._settled(halted.pid, "CONT", "SS") if lives else None

    def states(self, halted: Settled) -> str:
        lives = halted.pid in (*self.hosts.mains.values(), *self.hosts.children.values())
        return self.hosts.states.get(halted.pid, "TT") if lives else ""

    def begin_child(self, main_pid: int, sandbox_pid: int, *, name: str, within_s: float) -> Begun:
        host = self.hosts.host_of(main_pid)
        now_s = time.monotonic()
        if self.hosts.children[host]:
            return Begun(pid=self.hosts.children[host], before_s=now_s, after_s=now_s, seen_s=now_s)
        self.hosts.did.append(f"{name} {main_pid}")
        if self.hosts.dies_of_its_child:
            self.hosts.end(main_pid)
            return Begun(pid=0, before_s=now_s, after_s=now_s, seen_s=now_s + 0.02)
        self.hosts.children[host] = main_pid + 2
        return Begun(pid=main_pid + 2, before_s=now_s, after_s=now_s, seen_s=now_s + 0.02)

    def living_children(self, main_pid: int) -> tuple[int, ...]:
        child = self.hosts.children[self.hosts.host_of(main_pid)]
        return (child,) if child else ()

    def lose(self, addresses: Sequence[str]) -> Stamped:
        self.hosts.did.append(f"lose {len(addresses)}")
        now_s = time.monotonic()
        if not self.keeps_packets:
            self.lost_addresses = tuple(sorted(addresses))
        return Stamped(before_s=now_s, after_s=time.monotonic())

    def lost(self) -> Lost:
        return Lost(self.lost_addresses, 7)

    def connect_all(self, probes: Sequence[Probe], *, within_s: float) -> tuple[Met, ...]:
        assert all(probe.sandbox_pid in self.hosts.sandboxes.values() for probe in probes)
        listening = {proxy["listen"] for proxy in self._enabled()}
        return tuple(
            "silence"
            if probe.address in self.lost_addresses
            else "connected"
            if f"{probe.address}:{probe.port}" in listening
            else "refused"
            for probe in probes
        )

    def how_they_end(self, probes: Sequence[Probe], *, says: Says, within_s: float) -> tuple[End, ...]:
        return tuple(self._end(f"{probe.address}:{probe.port}", says) for probe in probes)

    def _end(self, listen: str, says: Says) -> End:
        (proxy,) = (row for row in self.toxiproxy.proxies.values() if row["listen"] == listen)
        kinds = {toxic["type"] for toxic in proxy["toxics"]}
        assert proxy["enabled"]
        if says == "a byte":
            return "reset" if "reset_peer" in kinds and not self.toothless else "open"
        return "open" if "slow_close" in kinds and not self.toothless else "ended"

    def destroy(self, places: Collection[str]) -> Destroyed:
        self.destroyed |= {*places}
        now_s = time.monotonic()
        return Destroyed(before_s=now_s, after_s=now_s, count=len(places))

    def follow(self, places: Collection[str], upstreams: Collection[str], *, for_s: float) -> Followed:
        """One byte came at the third look of many."""
        time.sleep(self.follows_for_s)
        looks = tuple((0.01 * at, 0.01 * at + 0.001) for at in range(100))
        if self.delay_s is None:
            return Followed(looks, ())
        (proxy,) = (row for row in self.toxiproxy.proxies.values() if row["listen"] == min(places))
        near, far = (proxy["listen"], "host:1"), ("hub:1", proxy["upstream"])
        rows = [_passing(looks[0], *near, 10, 0), _passing(looks[0], *far, 0, 10)]
        rows += [
            _passing(looks[3], *near, 11, 0),
            _passing(looks[3 + round(100 * self.delay_s)], *far, 0, 11),
        ]
        return Followed(looks, tuple(rows))

    def sockets(self) -> Sockets:
        self._looks += 1
        legs = [
            Connection(
                local="hub:1",
                remote=proxy["upstream"],
                written=self.leaking * min(self._looks, self.leaking_looks),
            )
            for proxy in self._enabled()
        ]
        if self.lingering:
            legs += [
                Connection(local=proxy["listen"], remote="host:1")
                for proxy in self.toxiproxy.proxies.values()
            ]
        return Sockets(tuple(proxy["listen"] for proxy in self._enabled()), tuple(legs))

    def _enabled(self) -> list[dict[str, str]]:
        return [proxy for proxy in self.toxiproxy.proxies.values() if proxy["enabled"]]

    def _pid(self, main_pid: int, sandbox_pid: int, child: bool) -> int:
        host = self.hosts.host_of(main_pid)
        assert sandbox_pid == self.hosts.sandboxes[host]
        pid = self.hosts.children.get(host, 0) if child else main_pid
        if not pid:
            raise WorldError(f"process {main_pid} should have exactly one child; it has none")
        return pid

    def _settled(self, pid: int, name: str, states: str) -> Settled:
        self.hosts.did.append(f"{name} {pid}")
        now_s = time.monotonic()
        return Settled(
            pid=pid, start_ticks=1, before_s=now_s, after_s=now_s, states=self.hosts.states.get(pid, states)
        )


class Surroundings:
    """Injection, and what it works on."""

    def __init__(self, port: int, toxiproxy: ToxiproxyDouble) -> None:
        self.mesh, self.toxiproxy = placed(), toxiproxy
        self.hosts = Hosts(self.mesh)
        self.resident = ResidentDouble(self.hosts, toxiproxy)
        self.hub = Hub("127.0.0.1", port)
        self.hub.create(self.mesh.proxies())
        self.origin_s = time.monotonic()
        self.injection = Injection(
            mesh=self.mesh,
            hub=self.hub,
            resident=self.resident,
            containers=self.hosts,
            freezer=self.hosts,
            clock=lambda raw_s: raw_s - self.origin_s,
        )

    def closed(self) -> set[str]:
        """The proxies that do not listen."""
        return {name for name, proxy in self.toxiproxy.proxies.items() if not proxy["enabled"]}

    def whole(self) -> bool:
        """As it was at the start, whatever happened meanwhile."""
        stands = [stand_of(proxy) for proxy in self.toxiproxy.proxies.values()]
        untouched = all(settled(stand).toxics == () for stand in stands)
        runs = all(self.hosts.mains.values()) and all(self.hosts.children.values())
        return untouched and runs and not (self.closed() or self.resident.lost_addresses or self.hosts.frozen)


@contextmanager
def surrounded() -> Iterator[Surroundings]:
    toxiproxy = ToxiproxyDouble()
    with served(toxiproxy) as port:
        yield Surroundings(port, toxiproxy)
