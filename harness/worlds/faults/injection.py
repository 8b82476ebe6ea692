"""Faults come into force and end, and both are seen to: every Applied and Healed carries its evidence.

The stamps enclose the act alone: after_s is when the last link was set or the signal was sent. What proves it
is gathered after that, while other faults come and go (see proof). Acts on one host wait for each other, and
so do changes of links; nothing else does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from msgspec import structs

from harness.model.errors import WorldError
from harness.model.event import Applied, Healed
from harness.model.fault import Crash, Cut, Fault, Impair, Kill, Slow, Switch, SwitchMode, describe
from harness.reach import silenced, touched
from harness.worlds.faults.act import Act
from harness.worlds.faults.acts import Acts
from harness.worlds.faults.containers import Containers
from harness.worlds.faults.freezing import Freezer
from harness.worlds.faults.hostfaults import HostFaults
from harness.worlds.faults.lapses import Lapses, endings
from harness.worlds.faults.meshlinks import MeshLinks
from harness.worlds.faults.proof import Proof
from harness.worlds.faults.resident import Resident
from harness.worlds.faults.standing import Standing
from harness.worlds.faults.straining import Straining
from harness.worlds.links.hub import Hub
from harness.worlds.links.mesh import Mesh


class Injection:
    """All faults of one stack. Threads may share it."""

    def __init__(
        self,
        *,
        mesh: Mesh,
        hub: Hub,
        resident: Resident,
        containers: Containers,
        freezer: Freezer,
        straining: Straining | None = None,
        clock: Callable[[float], float],
    ) -> None:
        """clock maps a raw CLOCK_MONOTONIC stamp to seconds since the run's origin.

        straining: None where the world offers no hardship.
        """
        links = MeshLinks(mesh=mesh, hub=hub, resident=resident, containers=containers)
        self._standing = Standing(links)
        self._hosts = HostFaults(mesh=mesh, resident=resident, containers=containers, freezer=freezer)
        self._acts = Acts(links=links, standing=self._standing, hosts=self._hosts, straining=straining)
        self._lapses = Lapses(
            links_lapsed=self._standing.links_lapsed, hosts=self._hosts, straining=straining
        )
        self._clock = clock
        self._proofs: dict[str, Proof] = {}
        self._turns = {host.name: threading.Lock() for host in mesh.hosts}

    def begin(self, fault_id: str, fault: Fault) -> Callable[[], Applied]:
        """In force when it returns; what it returns waits until that was seen to bite, in any thread.

        Both raise WorldError naming what did not bite; what did so far stays until it is healed.
        """
        with self._turn(fault), self._standing.changing(touched(fault)):
            self._standing.put(fault_id, fault)
            begun = self._acts.begin(fault, self._standing.others(fault_id))
        act, looks = begun.act, begun.looks
        if looks is None:
            return lambda: self._applied(fault_id, fault, act)
        proof = self._proofs[fault_id] = Proof(self._standing, touched(fault), looks)
        return lambda: self._applied(fault_id, fault, act, *proof.gather())

    def inject(self, fault_id: str, fault: Fault) -> Applied:
        """Begin, and wait for what shows it."""
        return self.begin(fault_id, fault)()

    def lie_in_wait(self, fault_id: str, fault: Crash) -> None:
        """The target has been asked: from now on it can be healed, reached or not."""
        self._standing.put(fault_id, fault)

    def crashed(self, fault_id: str, host: str, at_s: float) -> Applied:
        """host says that it died at its point, at_s since the run's origin. Raises WorldError if it lives."""
        lying = self._standing.all().get(fault_id)
        if not isinstance(lying, Crash):
            raise WorldError(f"there is no crash point {fault_id} that {host} could have come to")
        fault = structs.replace(lying, host=host)
        with self._turn(fault), self._standing.changing(touched(fault)):
            self._standing.put(fault_id, fault)
            act = self._hosts.crashed(host, f"{fault.side} it {fault.point.act} {fault.point.what}")
            lines = [*act.evidence, *self._died_too(fault)]
        return Applied(
            fault_id=fault_id,
            fault=fault,
            before_s=at_s,
            after_s=max(at_s, self._clock(act.after_s)),
            evidence=tuple(lines),
        )

    def heal(self, fault_id: str) -> Healed:
        """Raises WorldError naming what did not come back; it can be asked for again then."""
        fault = self._standing.all().get(fault_id)
        if fault is None:
            raise WorldError(f"there is no fault {fault_id} in force that could be healed")
        proof = self._proofs.pop(fault_id, None)
        if proof is not None:
            proof.finish()
        with self._turn(fault):
            lapsed = self._lapses.of(fault, self._standing.others(fault_id))
            with self._standing.changing(touched(fault)):
                act = self._acts.end(fault_id, fault, self._standing.others(fault_id))
                self._standing.drop(fault_id)
        return Healed(
            fault_id=fault_id,
            before_s=self._clock(act.before_s),
            after_s=self._clock(act.after_s),
            evidence=act.evidence,
            lapsed=lapsed,
        )

    def heal_all(self) -> None:
        """Whatever becomes of one, the others are healed too. Raises WorldError with all that went wrong."""
        problems = []
        for fault_id, fault in reversed([*self._standing.all().items()]):
            try:
                self.heal(fault_id)
            except WorldError as error:
                problems.append(f"{describe(fault)}: {error}")
        if problems:
            raise WorldError("not everything could be healed: " + "; ".join(problems))

    # --- power, by the stack's own fence device -----------------------------------------------------

    def switches(self) -> dict[str, SwitchMode]:
        """The power switches that are ill now."""
        return {f.host: f.how for f in self._standing.all().values() if isinstance(f, Switch)}

    def power_off(self, host: str) -> str:
        """Not behind other faults: what they wait for must not make a fence late."""
        with self._standing.changing(frozenset({host})):
            self._standing.put(_power(host), Kill(host, "host"))
            line = self._hosts.cut_power(host)
            self._standing.bring()
        return line

    def power_on(self, host: str) -> str:
        """Its links come back once it runs."""
        with self._turns[host], self._standing.changing(frozenset({host})):
            if _power(host) not in self._standing.all():
                return f"{host} was not off"
            line = self._hosts.give_power(host, others=endings(self._standing.others(_power(host))))
            self._standing.drop(_power(host))
            self._standing.bring()
            return line

    # --- in and out of force -------------------------------------------------------------------------

    @contextmanager
    def _turn(self, fault: Fault) -> Iterator[None]:
        """Of everybody whose processes it is done to; links have a turn of their own."""
        hosts = frozenset[str]() if isinstance(fault, Cut | Slow | Impair) else touched(fault)
        with ExitStack() as turns:
            for host in sorted(hosts & self._turns.keys()):
                turns.enter_context(self._turns[host])
            yield

    def _applied(self, fault_id: str, fault: Fault, act: Act, *seen: str) -> Applied:
        return Applied(
            fault_id=fault_id,
            fault=fault,
            before_s=self._clock(act.before_s),
            after_s=self._clock(act.after_s),
            evidence=(*act.evidence, *seen),
        )

    def _died_too(self, fault: Crash) -> list[str]:
        """Who came to the point before it heard that another one had: a harder fault than was asked for."""
        down = {silenced(other) for other in self._standing.all().values()}
        others = [host for host in fault.point.hosts if host not in down and not self._hosts.lives(host)]
        return [f"{host} died there as well, before it could be spared" for host in others]


def _power(host: str) -> str:
    """Whoever is switched off is as one killed: other faults leave it down, and its links too."""
    return f"power of {host}"
