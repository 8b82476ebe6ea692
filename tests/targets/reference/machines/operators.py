"""Operators who ask and order at random, with more than one pair of hands."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

from targets.reference.machines.words.grammar import Received
from targets.reference.machines.words.messages import (
    AskStatus,
    Maintain,
    Message,
    PromoteOrder,
    Rejoin,
    WhoIsPrimary,
)
from targets.reference.truth.model import Truth
from tests.targets.reference.machines.cluster import Cluster


class Operators:
    """What a fault is: something that happens to a host, or is asked of it."""

    def __init__(
        self, cluster: Cluster, truth: Truth, draw: random.Random, note: Callable[[str], None]
    ) -> None:
        self._cluster, self._truth, self._draw, self._note = cluster, truth, draw, note
        self._requests = itertools.count(1)

    @property
    def all(self) -> tuple[Callable[[str, str], None], ...]:
        return self.ask, self.maintain, self.promote, self.force

    def ask(self, host: str, peer: str) -> None:
        request = next(self._requests)
        for message in (AskStatus(request), WhoIsPrimary(request), Rejoin(request)):
            self._tell(host, message)

    def maintain(self, host: str, peer: str) -> None:
        """On, and off after a while; perhaps at different witnesses, at once."""
        witness, other = self._draw.sample(self._cluster.settings.witnesses, 2)
        self._note(f"maintenance on at {witness}, off at {other}")
        self._tell(witness, Maintain(next(self._requests), "disk swap"))
        off_s = self._draw.choice((0.0, 0.01, 0.3, 1.0, 3.0))
        self._cluster.later(off_s, self._tell, other, Maintain(next(self._requests), ""))

    def promote(self, host: str, peer: str) -> None:
        """Whoever is eligible, in place of the primary of now: it may be well, and another may lead too."""
        register = self._truth.register
        others = [member.node for member in register.eligible if member.node != register.primary]
        if others:
            to, witness = self._draw.choice(others), self._draw.choice(self._cluster.settings.witnesses)
            self._note(f"promote {to} at {witness}")
            request = next(self._requests)
            self._tell(
                witness, PromoteOrder(request, register.epoch, register.primary, to, forced=False, by="anna")
            )

    def force(self, host: str, peer: str) -> None:
        """Any other node, eligible or not: what it lacks is given up, and nothing else."""
        register = self._truth.register
        others = [node for node in self._cluster.settings.nodes if node != register.primary]
        to, witness = self._draw.choice(others), self._draw.choice(self._cluster.settings.witnesses)
        self._note(f"force {to} at {witness}")
        reign = (register.epoch, register.primary)
        self._tell(witness, PromoteOrder(next(self._requests), *reign, to, forced=True, by="anna"))

    def end_maintenance(self) -> None:
        """Until it is off: a witness that is asked may be down, or not answered by a majority."""
        if self._truth.register.maintenance:
            witness = self._draw.choice(self._cluster.settings.witnesses)
            self._tell(witness, Maintain(next(self._requests), ""))
        self._cluster.later(0.1, self.end_maintenance)

    def _tell(self, host: str, message: Message) -> None:
        if host in self._cluster.running:
            self._cluster.running[host].receive(Received("operator", message, "client/operator"))
