"""The real machines, led along a trace that random schedules hardly ever take."""

from __future__ import annotations

import pytest

from targets.reference.defects import VALUE_READ_AFTER_THE_SEALS
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import Effect, Send
from targets.reference.machines.words.messages import Seal
from targets.reference.settings import Settings
from tests.targets.reference.machines.cluster import Cluster, both_ways
from tests.targets.reference.machines.process import Process
from tests.targets.reference.machines.schedules import Clients

SETTINGS = Settings(nodes=("n1", "n2", "n3"), sync_standbys=1, dead_standby="wait")
WITNESSES = SETTINGS.witnesses


class Suspected:
    """n1 is cut off from the witnesses until they have sealed n2; n3 is out of their reach from then on."""

    def __init__(self, seed: int, defect: str = "") -> None:
        self.cluster = Cluster(seed, SETTINGS, frozenset({defect} if defect else ()))
        for host in self.cluster.hosts:
            self.cluster.start_host(host)
        Clients(self.cluster, stray=0.0).begin()
        self.cluster.run(3.0)
        self._seals = 0
        self.cluster.before = self._watch
        self.cluster.net.cut(both_ways(["n1"], WITNESSES), "stall")

    def _watch(self, process: Process, effect: Effect) -> None:
        if isinstance(effect, Send) and isinstance(effect.message, Seal) and not self._seals:
            self._seals += 1
            net = self.cluster.net
            net.cut(both_ways(["n3"], WITNESSES), "stall")
            net.heal(both_ways(["n1"], WITNESSES))

    def until_a_newer_epoch(self) -> None:
        """n1, refused by n2, takes one itself, and serves: n2 hears it at once, n3 late."""
        truth = self.cluster.truth
        assert self.cluster.run(self.cluster.now_s + 2.0, stop=lambda: truth.register.epoch == 2)
        assert truth.register.primary == "n1"
        self.cluster.net.slow_s["n1", "n3"] = 0.1
        self.cluster.run(self.cluster.now_s + 0.2)

    def until_the_seals_are_whole(self) -> None:
        """From then on n2 hears n1 late, and n3 at once."""
        self.cluster.net.heal(both_ways(["n3"], WITNESSES))
        self.cluster.run(self.cluster.now_s + 2.0, stop=self._moves)
        self.cluster.net.slow_s = {("n1", "n2"): 1.0}
        self.cluster.run(self.cluster.now_s + 1.0)

    def _moves(self) -> bool:
        witnesses = [self.cluster.running[name].machine for name in WITNESSES]
        return any(isinstance(one, Witness) and one._coordinator.step == "moving" for one in witnesses)


@pytest.mark.parametrize("defect", ["", VALUE_READ_AFTER_THE_SEALS])
def test_the_value_compared_with_is_that_from_before_the_first_seal(defect: str) -> None:
    """k = 1 of 2. What n1 acknowledged in its newer epoch, with n3 alone, the promoted one lacks."""
    broken = set[str]()
    for seed in range(4):
        trace = Suspected(seed, defect)
        trace.until_a_newer_epoch()
        trace.until_the_seals_are_whole()
        broken |= {violation.invariant for violation in trace.cluster.truth.violations}
    assert ("acknowledged-lost" in broken) == bool(defect), broken
