"""What may befall a test's cluster. Each fault ends by itself after a while that is drawn.

A fault gets two hosts: whom it strikes, and the other end of what that one was about to say.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from targets.reference.truth.model import Truth
from tests.targets.reference.machines.cluster import Cluster, both_ways
from tests.targets.reference.machines.connections import Cut, Way
from tests.targets.reference.machines.device import MOODS

Fault = Callable[[str, str], None]


class Faults:
    """note: a line for the run's trace."""

    def __init__(
        self, cluster: Cluster, truth: Truth, draw: random.Random, note: Callable[[str], None]
    ) -> None:
        self._cluster, self._truth, self._draw, self._note = cluster, truth, draw, note

    @property
    def all(self) -> tuple[Fault, ...]:
        return (
            *(self.crash, self.crash, self.power, self.pause, self.pause, self.cut, self.cut, self.part),
            *(self.late, self.late, self.slow, self.slow_disk, self.switch, self.switch, self.lose_store),
            *(self.blackout, self.sleep, self.device, self.device),
            *(self.blackout, self.sleep, self.behead, self.behead, self.lag, self.lag, self.maim),
        )

    @property
    def of_replication(self) -> tuple[Fault, ...]:
        """Standbys that lag, come and go, and a primary that dies, maybe without its newest records."""
        return (self.behead, self.behead, self.maim, self.lag, self.lag, self.part_standby, self.slow_primary)

    def _end_later(self, act: Callable[..., object], *values: object) -> None:
        duration_s = self._draw.choice((0.03, 0.2, 0.5, 1.0, 3.0)) * self._draw.random()
        self._cluster.later(duration_s, act, *values)

    def crash(self, host: str, peer: str) -> None:
        self._note(f"crash {host}")
        self._cluster.kill(host)
        self._end_later(self._start, host)

    def power(self, host: str, peer: str) -> None:
        self._note(f"power off {host}")
        self._cluster.power_off(host)
        self._end_later(self._start, host)

    def blackout(self, host: str, peer: str) -> None:
        self._note("power off everything")
        for one in self._cluster.hosts:
            self._cluster.power_off(one)
            self._end_later(self._start, one)

    def behead(self, host: str, peer: str) -> None:
        """Whoever is primary."""
        self._draw.choice((self.crash, self.power))(self._primary or host, peer)

    def maim(self, host: str, peer: str) -> None:
        """Any one standby."""
        self._draw.choice((self.crash, self.power, self.pause))(self._standby(), peer)

    def lag(self, host: str, peer: str) -> None:
        """One standby hears its primary late: it follows, and holds less than others."""
        standby = self._standby()
        late_s = self._draw.choice((0.01, 0.05, 0.2, 0.5))
        self._note(f"lag {standby} {late_s}")
        self._cluster.net.slow_s[self._primary or host, standby] = late_s
        self._end_later(self._cluster.net.slow_s.clear)

    def part_standby(self, host: str, peer: str) -> None:
        """One standby from everybody, or from its primary alone."""
        standby = self._standby()
        others = [one for one in self._cluster.hosts if one != standby]
        self._cut(both_ways([standby], self._draw.choice((others, [self._primary or host]))))

    def slow_primary(self, host: str, peer: str) -> None:
        """Its standbys hold what it would lose."""
        self.slow_disk(self._primary or host, peer)

    @property
    def _primary(self) -> str:
        return self._truth.register.primary

    def _standby(self) -> str:
        return self._draw.choice([node for node in self._cluster.settings.nodes if node != self._primary])

    def _start(self, host: str) -> None:
        self._note(f"start {host}")
        self._cluster.start_host(host)
        self._cluster.start_child(host)

    def device(self, host: str, peer: str) -> None:
        """What ails the fence device. In async mode a lie is beyond what any controller can survive."""
        device, sync = self._cluster.device, self._cluster.settings.replication == "sync"
        device.mood = self._draw.choice(MOODS if sync else MOODS[:-1])
        self._note(f"device {device.mood}")
        self._end_later(setattr, device, "mood", "sound")

    def pause(self, host: str, peer: str) -> None:
        agent = self._draw.random() < 0.5
        self._note(f"pause {host}{' and its agent' if agent else ''}")
        self._cluster.pause(host, agent=agent)
        self._end_later(self._resume, host)

    def sleep(self, host: str, peer: str) -> None:
        """The whole machine."""
        self._note("all pause")
        for one in self._cluster.hosts:
            self._cluster.pause(one, agent=True)
        duration_s = self._draw.choice((0.1, 0.5, 1.0)) * self._draw.random()
        for one in self._cluster.hosts:
            self._cluster.later(duration_s, self._resume, one)

    def _resume(self, host: str) -> None:
        self._note(f"resume {host}")
        self._cluster.resume(host)

    def cut(self, host: str, peer: str) -> None:
        """Between two sets, or around one host; both ways or one; stalled or reset."""
        draw = self._draw
        some = {host, *draw.sample(self._cluster.hosts, draw.choice((0, 0, 1, 1, 2)))}
        others = [one for one in self._cluster.hosts if one not in some]
        if draw.random() < 0.4:
            others = draw.sample(others, draw.randint(1, len(others)))
        self._cut([(one, other) for one in sorted(some) for other in others])

    def part(self, host: str, peer: str) -> None:
        if host != peer:
            self._cut([(host, peer)])

    def _cut(self, ways: list[Way]) -> None:
        back = [(other, one) for one, other in ways]
        ways = self._draw.choice((ways, back, ways + back, ways + back))
        how: Cut = self._draw.choice(("stall", "stall", "reset"))
        self._note(f"cut {how} {ways}")
        self._cluster.net.cut(ways, how)
        self._end_later(self._cluster.net.heal, ways)

    def late(self, host: str, peer: str) -> None:
        """What is sent this way now comes late; what is sent later over another connection overtakes it."""
        slow_s = self._cluster.net.slow_s
        slow_s[host, peer] = self._draw.choice((0.02, 0.1, 0.5, 2.0)) * self._draw.random()
        self._note(f"late {host} to {peer} {slow_s[host, peer]:.3f}")
        self._cluster.later(self._draw.choice((0.001, 0.1, 1.0)), lambda: slow_s.pop((host, peer), None))

    def slow(self, host: str, peer: str) -> None:
        extra_s = self._draw.choice((0.005, 0.03, 0.1, 0.4)) * self._draw.random()
        others = self._draw.sample(self._cluster.hosts, self._draw.randint(1, len(self._cluster.hosts)))
        for way in both_ways([host], others):
            if self._draw.random() < 0.7:
                self._cluster.net.slow_s[way] = extra_s
        self._note(f"slow {host} {others} {extra_s:.3f}")
        self._end_later(self._cluster.net.slow_s.clear)

    def slow_disk(self, host: str, peer: str) -> None:
        self._note(f"slow disk {host}")
        self._cluster.slow_disks_s[host] = self._draw.choice((0.02, 0.1, 0.5))
        self._end_later(lambda: self._cluster.slow_disks_s.pop(host, None))

    def switch(self, host: str, peer: str) -> None:
        primary = self._truth.register.primary or host
        to = self._draw.choice(self._cluster.settings.nodes)
        self._note(f"switchover {primary} -> {to}")
        self._cluster.switch_over(primary, to)

    def lose_store(self, host: str, peer: str) -> None:
        """A witness's while all others have theirs, or a standby's while another node holds everything."""
        cluster, register = self._cluster, self._truth.register
        if host in cluster.stores and all(cluster.stores.values()):
            self._note(f"lose store of {host}")
            cluster.kill(host)
            cluster.stores[host] = None
            self._end_later(self._start, host)
        elif host in cluster.disks and host != register.primary and len(register.eligible) > 1:
            self._note(f"lose store of {host}")
            cluster.power_off(host)
            cluster.lose_disk(host)
            self._end_later(self._start, host)
