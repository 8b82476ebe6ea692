"""The clients under load: who was started, where it writes, who was asked to end. Knows no operation."""

from __future__ import annotations

from harness.conductor.stand import Stand
from harness.model.command import DISCOVERY, StartLoad, StopLoad
from harness.model.plan import ClientPlan


class Clients:
    """running: whose last operation was not told yet."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._asked_to_end: set[str] = set()
        self.running: set[str] = set()

    def start(self) -> None:
        for client in self._stand.plan.clients:
            self._start(client)

    def stop(self) -> None:
        """Each is asked once; it answers when its last operation has ended."""
        loaded = [c.host for c in self._stand.plan.clients if c.host in self.running - self._asked_to_end]
        self._asked_to_end.update(loaded)
        self._stand.ask(*map(StopLoad, loaded))

    def ended(self, client: str) -> None:
        self.running.discard(client)

    def _address(self, client: ClientPlan) -> str:
        stand = self._stand
        if client.via == "discovery":
            return DISCOVERY + ",".join(stand.hosts.witnesses)
        if client.via == "standby":
            return next((host for host in stand.hosts.data if host != stand.view.primary), "")
        router = next(iter(stand.hosts.routers), "")
        return router if client.via == "router" and router else stand.view.primary

    def _start(self, client: ClientPlan) -> None:
        stand, load = self._stand, self._stand.plan.load
        address = self._address(client)
        stand.addresses[client.host] = address
        self.running.add(client.host)
        self._asked_to_end.discard(client.host)
        stand.ask(
            StartLoad(
                trial=stand.trial,
                client=client.host,
                address=address,
                value_prefix=stand.prefix,
                writers=client.writers,
                rate_per_s=load.rate_per_s,
                readers=client.readers,
                read_rate_per_s=load.read_rate_per_s,
                timeout_s=load.timeout_s,
            )
        )
