"""Faults of links -> what the network does. Knows no process.

What is wanted is computed anew from all faults in force, so they may overlap and end in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from harness.model.fault import Cut, CutMode, Fault, Link, LinkFault, Lose, Slow
from harness.worlds.simulator.network import End, Network
from harness.worlds.simulator.process import Host
from harness.worlds.simulator.ways import Hindrance, Lossiness, Slowness, Way

# The mode that lets least through counts where several cuts meet.
_STRONGEST: tuple[CutMode, ...] = ("refuse", "loss", "drop", "stall")


class LinkFaults:
    """Each call is given all faults in force after it; returns a line for a person."""

    def __init__(self, hosts: Mapping[str, Host], network: Network) -> None:
        self._hosts, self._network = hosts, network
        self._kept_before: dict[str, int] = {}

    def apply(self, fault_id: str, fault: LinkFault, in_force: Collection[Fault]) -> str:
        self._kept_before[fault_id] = self._kept(fault)
        closed = self._set(in_force)
        line = f"{_links(fault)} {_does(fault)}"
        return f"{line}; {closed} ends of connections were closed" if closed else line

    def heal(self, fault_id: str, fault: LinkFault, in_force: Collection[Fault]) -> str:
        self._set(in_force)
        kept = self._kept(fault) - self._kept_before.pop(fault_id, 0)
        line = f"{_links(fault)} carry everything as before"
        return f"{line}; {kept} messages had not arrived" if isinstance(fault, Cut) else line

    def _set(self, in_force: Collection[Fault]) -> int:
        cuts: dict[Way, CutMode] = {}
        hindered: dict[Way, list[Hindrance]] = {}
        for fault in in_force:
            match fault:
                case Cut(links=links, how=how):
                    for way in _ways(links, both=how in ("refuse", "loss")):
                        cuts[way] = min(how, cuts.get(way, how), key=_STRONGEST.index)
                case Slow(links=links, delay_s=delay_s, jitter_s=jitter_s):
                    for way in _ways(links):
                        hindered.setdefault(way, []).append(Slowness(delay_s, jitter_s))
                case Lose(links=links, share=share):
                    for way in _ways(links):
                        hindered.setdefault(way, []).append(Lossiness(share))
        return self._network.fault(cuts, hindered, self._ends())

    def _ends(self) -> list[End]:
        return [end for host in self._hosts.values() for process in host.processes for end in process.wires]

    def _kept(self, fault: LinkFault) -> int:
        return sum(self._network.kept_back[way] for way in _ways(fault.links))


def _ways(links: tuple[Link, ...], *, both: bool = False) -> Iterator[Way]:
    for link in links:
        yield link.source, link.destination
        if both:
            yield link.destination, link.source


def _links(fault: LinkFault) -> str:
    return f"{len(fault.links)} ways"


def _does(fault: LinkFault) -> str:
    match fault:
        case Cut(how=how):
            return f"carry nothing ({how})"
        case Slow(delay_s=delay_s, jitter_s=jitter_s):
            return f"take {delay_s * 1000:g} ± {jitter_s * 1000:g} ms longer"
        case Lose(share=share):
            return f"lose {share * 100:g} % of the packets, which are sent again"
