"""The links of a running mesh: brought to what the faults in force ask for, then looked at from outside.

What Toxiproxy says of itself is read back, and is not the proof. The proof of `refuse` and `loss` are
connects from the sources' own namespaces; of `drop` and `stall` the kernel's counters of the hub's
connections, by which nothing more gets through; of `slow` how long by these counters bytes stay in the hub
(see delays). Impairments: see impaired. No service is sent a byte.

Toxiproxy lets the end of a connection (FIN) through drop and stall; only under `loss` does a peer that goes
away leave no trace at all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from harness.model.errors import WorldError
from harness.model.fault import Cut, Fault, Impair, PowerOff, Slow
from harness.model.impairment import Bandwidth, Impairment, Reset, Slicing, SlowClose
from harness.worlds.faults import delays, impaired, streams
from harness.worlds.faults.answers import End, Met, Probe, Says
from harness.worlds.faults.containers import Containers
from harness.worlds.faults.resident import Resident
from harness.worlds.faults.streams import Look
from harness.worlds.links.hub import Change, Hub
from harness.worlds.links.mesh import Mesh
from harness.worlds.links.proxy import Proxy
from harness.worlds.links.wanted import Stand, lost_pairs, wanted

# Bytes that were past the toxic when it came must have arrived before the window begins.
_UNDER_WAY_S = 0.02
_WINDOW_S = 0.1
# When there is a hurry a shorter one has to do.
_WINDOW_LEAST_S = 0.02
# A kernel whose program only is not scheduled goes on taking bytes; one that takes none for so long is full.
_TAKES_NOTHING_S = 0.03
# On a busy machine some may be late all the same; what really leaks does so again.
_WINDOWS_MAX = 3
# A question and its answer are both under way: slow links are watched for twice the delay and this much, and
# beyond such a delay not at all.
_FOLLOWED_S, _FOLLOWED_MAX_S = 0.15, 0.5
# An answer takes microseconds in the mesh, so what has none by now meets silence.
_SILENCE_S = 0.1
# Where an answer has to come, a busy machine may take its time.
_ANSWER_S = 2.0
# How long a slow close is watched at most.
_STILL_OPEN_S = 0.2
_ENDS: dict[End, str] = {"reset": "reset (RST)", "open": "still connected"}


class MeshLinks:
    """bring, check, read_back and lapsed: not for several threads at once. Every call raises WorldError."""

    def __init__(self, *, mesh: Mesh, hub: Hub, resident: Resident, containers: Containers) -> None:
        self._mesh, self._hub, self._resident = mesh, hub, resident
        self._proxies = mesh.proxies()
        self._lost: frozenset[str] = frozenset()
        self._filters = False
        # A sandbox lives as long as the stack.
        self._sandbox_pid = cache(containers.sandbox_pid)

    def bring(self, faults: Collection[Fault]) -> Change:
        """To what all of these faults together ask for; nothing else than this changes links."""
        stands, addresses = wanted(self._proxies, faults), self._addresses(faults)
        change = self._hub.apply(stands, closing=self._full(stands))
        if addresses == self._lost:
            return change
        self._filters = True
        stamped = self._resident.lose(sorted(addresses))
        self._lost = addresses
        return Change(before_s=change.before_s, after_s=stamped.after_s, notes=change.notes)

    def check(self, faults: Collection[Fault]) -> str:
        """That everything stands as these faults ask, by Toxiproxy and by the kernel; a line for people."""
        stands = wanted(self._proxies, faults)
        self._hub.read(stands)
        self._check_listeners(stands)
        if self._filters:
            self._check_lost(self._lost)
        cut = sum(1 for stand in stands.values() if stand != Stand())
        rest = f"{cut} of them still under other faults" if cut else "all as they were at the start"
        return f"{len(stands)} links read back, {rest}"

    def read_back(self, fault: Fault, in_force: Collection[Fault]) -> str:
        """What Toxiproxy says of the links of this one of those in force; a line for people."""
        stands = wanted(self._proxies, in_force)
        self._hub.read(stands)
        mine = self._touched(fault)
        if not mine:
            raise WorldError("no link of the mesh is touched by this fault: nothing listens there")
        return f"{len(mine)} links read back"

    def bites(self, fault: Fault, in_force: Collection[Fault], hurry: threading.Event) -> list[str]:
        """Evidence, a line each, that this fault, one of those in force, does to its links what it should.

        Any thread may look; hurry: from when on what is seen so far has to do.
        """
        return self._proof(fault, self._touched(fault), in_force, hurry)

    def lapsed(self, fault: Fault, in_force: Collection[Fault]) -> str:
        """What of its links does not stand any more as this fault, one of those in force, asks; or nothing.

        What is read is what the next change starts from, whoever has been there meanwhile.
        """
        mine = self._touched(fault)
        stands = wanted(mine, in_force)
        try:
            self._hub.read(stands)
            self._check_listeners(stands)
            if self._filters:
                self._check_lost(self._lost)
        except WorldError as error:
            return f"{error}"
        return ""

    def _touched(self, fault: Fault) -> list[Proxy]:
        return [p for p in self._proxies if wanted([p], [fault])[p.name] != Stand() or self._loses(fault, p)]

    def _proof(
        self, fault: Fault, mine: Sequence[Proxy], in_force: Collection[Fault], hurry: threading.Event
    ) -> list[str]:
        match fault:
            case Slow():
                return [self._late(fault, mine, in_force)]
            case Impair(by=by):
                return [self._impaired(by, fault, mine, in_force, hurry)]
            case Cut(how="drop" | "stall"):
                return [self._silent(fault, in_force, hurry)]
            case Cut(how="loss") | PowerOff():
                return [self._met(mine, in_force), self._check_lost(self._addresses(in_force))]
            case _:
                return [self._none_connected(mine), self._met(mine, in_force)]

    def reset(self, fault: Impair) -> Change:
        """What is open on its links: after the toxics, so that what is opened meanwhile is reset by them."""
        ways = {frozenset((link.source, link.destination)) for link in fault.links}
        places = {p.listen for p in self._proxies if frozenset((p.source, p.destination)) in ways}
        done = self._resident.destroy(places)
        note = f"{done.count} open connections were reset"
        return Change(before_s=done.before_s, after_s=done.after_s, notes=(note,))

    def _impaired(
        self,
        by: Impairment,
        fault: Impair,
        mine: Sequence[Proxy],
        in_force: Collection[Fault],
        hurry: threading.Event,
    ) -> str:
        match by:
            case Bandwidth():
                look, window_ms = self._look(hurry)
                return impaired.throttled(by, fault.links, self._proxies, look, window_ms / 1000)
            case Slicing():
                look, window_ms = self._look(hurry)
                return impaired.sliced(by, fault.links, self._proxies, look, window_ms / 1000)
            case Reset():
                return self._they_end(mine, in_force, says="a byte", wish="reset", within_s=_ANSWER_S)
            case SlowClose(delay_s=delay_s):
                within_s = min(_STILL_OPEN_S, delay_s / 2)
                return self._they_end(mine, in_force, says="goodbye", wish="open", within_s=within_s)

    def _they_end(
        self, mine: Sequence[Proxy], in_force: Collection[Fault], *, says: Says, wish: End, within_s: float
    ) -> str:
        """Where another fault takes the connection or the service there is nothing to be seen of this one."""
        free = [proxy for proxy in mine if impaired.shows(proxy, in_force)]
        probes = [self._probe(proxy) for proxy in free]
        ends = self._resident.how_they_end(probes, says=says, within_s=within_s) if probes else ()
        for proxy, end in zip(free, ends, strict=True):
            if end != wish:
                raise WorldError(
                    f"a connection from {proxy.source} to {proxy.destination} ({proxy.listen}) on which "
                    f"{says} was said was {end} instead of {wish}"
                )
        late = f" {within_s * 1000:.0f} ms later" if wish == "open" else ""
        return f"{len(free)} of {len(mine)} links probed: who says {says} there is {_ENDS[wish]}{late}"

    def _full(self, stands: dict[str, Stand]) -> frozenset[str]:
        """The proxies on which the change would hang."""
        differ = self._hub.toxics_differ(stands)
        changing = [proxy for proxy in self._proxies if proxy.name in differ]
        if not changing:
            return frozenset()
        earlier = self._resident.sockets()
        if not streams.crowded(changing, earlier):
            return frozenset()
        time.sleep(_TAKES_NOTHING_S)
        return streams.full(changing, earlier, self._resident.sockets())

    def _addresses(self, faults: Iterable[Fault]) -> frozenset[str]:
        """Where each of a pair meets the other: whose packets vanish, those of both directions vanish."""
        return frozenset(
            self._mesh.stands_for(*ends)
            for a, b in map(sorted, lost_pairs(faults))
            for ends in ((a, b), (b, a))
        )

    def _check_listeners(self, stands: dict[str, Stand]) -> None:
        listening = set(self._resident.sockets().listening)
        asked = [proxy for proxy in self._proxies if proxy.name in stands]
        wrong = [p.name for p in asked if (p.listen in listening) != stands[p.name].enabled]
        if wrong:
            raise WorldError(f"the hub does not listen as it should for {', '.join(wrong[:5])}")

    def _check_lost(self, asked: frozenset[str]) -> str:
        seen = self._resident.lost()
        if frozenset(seen.addresses) != asked:
            raise WorldError(
                f"packets vanish at {', '.join(seen.addresses) or 'no address'} "
                f"instead of {', '.join(sorted(asked)) or 'none'}"
            )
        return (
            f"the packet filter holds {len(seen.addresses)} addresses; {seen.packets} packets vanished there"
        )

    def _none_connected(self, proxies: Sequence[Proxy]) -> str:
        places = {proxy.listen: proxy for proxy in proxies}
        for leg in self._resident.sockets().connections:
            if leg.local in places:
                proxy = places[leg.local]
                raise WorldError(f"{proxy.source} is still connected to {proxy.destination} ({leg.local})")
        return f"no connection is left on {len(places)} links"

    def _met(self, proxies: Sequence[Proxy], in_force: Collection[Fault]) -> str:
        """Where packets are lost too nobody is refused any more."""
        lost = [proxy for proxy in proxies if any(self._loses(fault, proxy) for fault in in_force)]
        rest = [proxy for proxy in proxies if proxy not in lost]
        self._each_meets("silence", lost, within_s=_SILENCE_S)
        self._each_meets("refused", rest, within_s=_ANSWER_S)
        count, what = (
            len(proxies),
            " or ".join([*(["refused"] if rest else []), *(["silence"] if lost else [])]),
        )
        return f"{count} of {count} connects from the hosts' own namespaces met {what}"

    def _each_meets(self, wish: Met, proxies: Sequence[Proxy], *, within_s: float) -> None:
        if not proxies:
            return
        probes = [self._probe(proxy) for proxy in proxies]
        for proxy, met in zip(proxies, self._resident.connect_all(probes, within_s=within_s), strict=True):
            if met != wish:
                raise WorldError(
                    f"a connect from {proxy.source} to {proxy.destination} ({proxy.listen}) met {met} "
                    f"instead of {wish}"
                )

    def _probe(self, proxy: Proxy) -> Probe:
        address, _, port = proxy.listen.rpartition(":")
        return Probe(self._sandbox_pid(proxy.source), address, int(port))

    def _silent(self, fault: Cut, in_force: Collection[Fault], hurry: threading.Event) -> str:
        late = 0
        for _ in range(_WINDOWS_MAX):
            look, window_ms = self._look(hurry)
            seen = streams.passed(_links(fault, in_force), self._proxies, look)
            if not seen.through:
                after = f", after {late} that were still under way" if late else ""
                return (
                    f"in {window_ms:.0f} ms {seen.offered} bytes came in on {seen.connections} connections "
                    f"of the cut links, and none got through{after}"
                )
            late += seen.through
        raise WorldError(f"bytes go on getting through the cut links: {late} so far")

    def _late(self, fault: Slow, mine: Sequence[Proxy], in_force: Collection[Fault]) -> str:
        """Watched for longer than any byte may be under way, unless that were too long for a drill."""
        most_s = delays.most_s(fault.links, in_force)
        if most_s > _FOLLOWED_MAX_S:
            return f"bytes are under way for up to {most_s:g} s: too long to wait for one"
        for_s = 2 * most_s + _FOLLOWED_S
        upstreams = {proxy.upstream for proxy in mine}
        there = [proxy for proxy in self._proxies if proxy.upstream in upstreams]
        seen = self._resident.follow({proxy.listen for proxy in there}, upstreams, for_s=for_s)
        try:
            return delays.told(delays.delays(fault.links, there, in_force, seen), for_s)
        except ValueError as error:
            raise WorldError(f"the links are not slow: {error}") from None

    def _look(self, hurry: threading.Event) -> tuple[Look, float]:
        """Four looks at the counters; the ms of the window between them."""
        first = self._resident.sockets()
        time.sleep(_UNDER_WAY_S)
        begin, began_s = self._resident.sockets(), time.monotonic()
        least_s = min(_WINDOW_LEAST_S, _WINDOW_S)
        time.sleep(least_s)
        hurry.wait(_WINDOW_S - least_s)
        window_ms = (time.monotonic() - began_s) * 1000
        end, last = self._resident.sockets(), self._resident.sockets()
        return Look(first, begin, end, last), window_ms

    def _loses(self, fault: Fault, proxy: Proxy) -> bool:
        return frozenset((proxy.source, proxy.destination)) in lost_pairs([fault])


def _links(fault: Cut, in_force: Iterable[Fault]) -> streams.Links:
    silent = [f for f in in_force if isinstance(f, Cut) and f.how in ("drop", "stall")]
    return streams.Links(
        cut=frozenset(fault.links),
        silenced=frozenset(link for f in silent for link in f.links),
        slowed=frozenset(link for f in in_force for link in impaired.late_links(f)),
    )
