"""What the controller promises about time, in virtual time: detection, failover, switchover, return."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from targets.reference.defects import NO_LEASE_CHECK
from targets.reference.machines.words.grammar import Alert, Tell
from targets.reference.settings import Settings
from tests.targets.reference.machines.cluster import Cluster, both_ways
from tests.targets.reference.machines.schedules import Clients

SETTINGS = Settings()
HOSTS = SETTINGS.nodes + SETTINGS.witnesses
Fault = Callable[["Steady"], None]


class Steady:
    """A cluster that runs for a while: n1 reigns, n2 is eligible, clients are served."""

    def __init__(
        self,
        seed: int,
        *,
        defect: str = "",
        load: bool = True,
        settings: Settings = SETTINGS,
        **words: Any,
    ) -> None:
        settings = replace(settings, **words)
        self.cluster = Cluster(seed, settings, frozenset({defect} if defect else ()))
        self.truth = self.cluster.truth
        for host in HOSTS:
            self.cluster.start_host(host)
        if load:
            Clients(self.cluster, stray=0.0).begin()
        self.cluster.run(3.0 + random.Random(seed).random() / 5)
        assert (self.truth.register.primary, len(self.truth.register.eligible)) == ("n1", 2)
        self.fault_s, self._before = self.cluster.now_s, len(self.cluster.told)

    def after(self, fault: Fault) -> Steady:
        fault(self)
        self.fault_s, self._before = self.cluster.now_s, len(self.cluster.told)
        return self

    def run(self, for_s: float) -> Steady:
        self.cluster.run(self.cluster.now_s + for_s)
        return self

    def isolate(self, host: str, *, how: str = "both") -> None:
        others = [other for other in HOSTS if other != host]
        ways = both_ways([host], others)
        chosen = {"both": ways, "deaf": ways[1::2], "mute": ways[::2]}[how]
        self.cluster.net.cut(chosen, "stall")

    def told(self, phase: str, host: str = "") -> list[float]:
        """How long after the fault it was told."""
        return [
            at_s - self.fault_s
            for at_s, who, told in self.cluster.told[self._before :]
            if isinstance(told, Tell) and told.phase == phase and host in ("", who)
        ]

    def alerts(self) -> int:
        return sum(isinstance(told, Alert) for _, _, told in self.cluster.told[self._before :])

    def sound(self) -> bool:
        return not self.truth.violations


FAULTS: dict[str, Fault] = {
    "killed": lambda steady: steady.cluster.kill("n1"),
    "powered off": lambda steady: steady.cluster.power_off("n1"),
    "paused": lambda steady: steady.cluster.pause("n1", agent=True),
    "cut off": lambda steady: steady.isolate("n1"),
    "mute": lambda steady: steady.isolate("n1", how="mute"),
    "deaf": lambda steady: steady.isolate("n1", how="deaf"),
}
FIRST_WITNESS: dict[str, Fault] = {
    "well": lambda steady: None,
    "dead": lambda steady: steady.cluster.kill("w1"),
    "paused": lambda steady: steady.cluster.pause("w1"),
    "cut off": lambda steady: steady.isolate("w1"),
    "deaf": lambda steady: steady.isolate("w1", how="deaf"),
    "mute": lambda steady: steady.isolate("w1", how="mute"),
}


@pytest.mark.parametrize("first_witness", FIRST_WITNESS)
@pytest.mark.parametrize("primary", FAULTS)
def test_a_failed_primary_is_detected_within_the_stated_bound(primary: str, first_witness: str) -> None:
    for seed in range(4):
        steady = Steady(seed, load=False).after(FIRST_WITNESS[first_witness])
        steady.run((0.0, 0.1, 1.0, 0.5)[seed]).after(FAULTS[primary]).run(1.0)
        assert steady.told("decided")[0] <= SETTINGS.detection_bound_s, f"seed {seed}"
        assert steady.told("promoted", "n2")[0] < 1.0, f"seed {seed}"
        assert steady.sound()


def test_slow_witness_disks_cost_their_own_time_and_no_duels() -> None:
    for seed in range(10):
        steady = Steady(seed, load=False)
        for witness in SETTINGS.witnesses:
            steady.cluster.slow_disks_s[witness] = 0.01
        steady.after(FAULTS["powered off"]).run(2.0)
        assert steady.told("decided")[0] <= SETTINGS.detection_bound_s, f"seed {seed}"
        # Four ballots of two syncs each, after the lease.
        assert steady.told("promoted", "n2")[0] < 0.45 + 8 * 0.015, f"seed {seed}"


def test_a_killed_child_costs_less_than_a_tenth_of_a_second() -> None:
    for seed in range(20):
        steady = Steady(seed).after(FAULTS["killed"]).run(1.0)
        assert steady.told("promoted", "n2")[0] < 0.1 and steady.sound(), f"seed {seed}"


def test_a_switchover_costs_less_than_a_tenth_of_a_second_and_the_old_primary_follows() -> None:
    for seed in range(20):
        steady = Steady(seed).after(lambda steady: steady.cluster.switch_over("n1", "n2")).run(1.0)
        assert steady.told("promoted", "n2")[0] < 0.1 and steady.told("rejoined", "n2")[0] < 0.1
        assert not steady.told("suspected") and steady.sound()


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.09])
def test_jitter_below_the_time_out_causes_no_failover(delay_s: float) -> None:
    steady = Steady(1)
    draw = random.Random(1)

    def jitter() -> None:
        for way in both_ways(["n1"], HOSTS[1:]):
            steady.cluster.net.slow_s[way] = draw.uniform(0, delay_s)
        steady.cluster.later(0.02, jitter)

    jitter()
    steady.run(30.0)
    assert not steady.told("suspected") and steady.truth.register.epoch == 1 and steady.sound()


@pytest.mark.parametrize("how", ["both", "deaf", "mute"])
@pytest.mark.parametrize("witness", SETTINGS.witnesses)
def test_one_witness_that_hears_nothing_of_the_primary_changes_nothing(witness: str, how: str) -> None:
    steady = Steady(2).after(lambda steady: steady.isolate(witness, how=how)).run(5.0)
    assert not steady.told("decided") and steady.truth.register.epoch == 1
    steady.cluster.net.heal([*steady.cluster.net.cuts])
    steady.run(5.0)
    assert not steady.told("decided") and steady.truth.register.epoch == 1
    assert steady.truth.asked_s > steady.cluster.now_s - 0.2 and steady.sound()


@pytest.mark.parametrize("sleepers", [HOSTS, ("w1", "w2", "w3"), ("w1", "w2", "n2")])
def test_hosts_that_slept_together_wake_up_to_the_same_primary(sleepers: tuple[str, ...]) -> None:
    for seed in range(12):
        steady = Steady(seed)
        for host in sleepers:
            steady.cluster.pause(host, agent=True)
        steady.run((0.3, 0.45, 0.8, 1.5)[seed % 4])
        for host in sleepers:
            steady.cluster.resume(host)
        steady.run(2.0)
        assert steady.truth.register.epoch == 1 and steady.sound(), f"seed {seed}"
        assert steady.truth.asked_s > steady.cluster.now_s - 0.4


def no_standby(seed: int, **words: Any) -> Steady:
    return Steady(seed, **words).after(lambda steady: steady.cluster.power_off("n2"))


def test_a_dead_standby_leaves_by_the_witnesses_word_and_a_person_is_called() -> None:
    """It is missed after a few intervals, and knocked at for a silence."""
    for seed in range(5):
        steady = no_standby(seed).run(SETTINGS.detector.silence_s + 0.5)
        assert [member.node for member in steady.truth.register.eligible] == ["n1"]
        steady.run(0.4)
        assert steady.truth.asked_s > steady.cluster.now_s - 0.4 and steady.alerts() == 1
        steady.cluster.start_host("n2")
        steady.run(2.0)
        assert len(steady.truth.register.eligible) == 2 and steady.truth.register.epoch == 1
        assert steady.sound()


def test_a_standby_that_its_primary_alone_cannot_reach_stays() -> None:
    steady = Steady(4).after(lambda steady: steady.cluster.net.cut(both_ways(["n1"], ["n2"]), "stall"))
    steady.run(4.0)
    assert len(steady.truth.register.eligible) == 2 and steady.truth.asked_s < steady.fault_s + 0.1


def test_in_semi_sync_a_dead_standby_is_waited_for_no_longer_than_its_time() -> None:
    for seed in range(5):
        steady = no_standby(seed, replication="semi-sync", degrade_after_s=0.5).run(0.45)
        assert len(steady.truth.register.eligible) == 2 and steady.truth.asked_s < steady.fault_s + 0.1
        steady.run(0.7)
        assert [member.node for member in steady.truth.register.eligible] == ["n1"]
        assert steady.truth.asked_s > steady.cluster.now_s - 0.4 and steady.sound()


def test_with_min_standbys_a_dead_one_blocks_writes_however_it_is_known() -> None:
    for words in ({}, {"replication": "semi-sync", "degrade_after_s": 0.1}):
        steady = no_standby(3, min_standbys=1, **words).run(4.0)
        assert steady.truth.asked_s < steady.fault_s + 0.1 and len(steady.truth.register.eligible) == 2


def test_a_dead_standby_that_is_to_be_waited_for_blocks_until_it_is_back_and_a_person_is_called() -> None:
    steady = no_standby(3, dead_standby="wait").run(5.0)
    assert steady.truth.asked_s < steady.fault_s + 0.1 and steady.alerts() == 2
    steady.cluster.start_host("n2")
    steady.run(1.0)
    assert steady.truth.asked_s > steady.cluster.now_s - 0.2 and steady.truth.register.epoch == 1
    assert steady.sound()


def test_an_async_primary_goes_on_without_its_standby() -> None:
    steady = Steady(3, replication="async").after(lambda steady: steady.cluster.power_off("n2")).run(3.0)
    assert steady.truth.asked_s > steady.cluster.now_s - 0.2 and steady.alerts() == 0


def lost_s(seed: int, fault: str, defect: str = "") -> float:
    """Async: how old the oldest lost write was at the last one; the old primary's clients stay with it."""
    steady = Steady(seed, replication="async", defect=defect).after(FAULTS[fault])
    steady.run(2.0)
    steady.cluster.router = "n1"
    steady.run(2.0)
    steady.cluster.router = "n2"
    steady.run(1.0)
    acknowledged_s = [at_s for _, at_s, _ in steady.truth.lost]
    return max([steady.fault_s, *acknowledged_s]) - min([steady.fault_s, *acknowledged_s])


@pytest.mark.parametrize("fault", ["killed", "cut off", "mute"])
def test_async_loses_no_more_than_it_states(fault: str) -> None:
    bound_s = SETTINGS.granted_lease_s + SETTINGS.detector.interval_s
    assert max(lost_s(seed, fault) for seed in range(10)) <= bound_s


def test_without_the_lease_check_async_loses_more_than_it_states() -> None:
    bound_s = SETTINGS.granted_lease_s + SETTINGS.detector.interval_s
    assert max(lost_s(seed, "mute", NO_LEASE_CHECK) for seed in range(3)) > bound_s


def test_hosts_may_start_for_the_first_time_in_any_order() -> None:
    for seed in range(60):
        cluster, draw = Cluster(seed, SETTINGS), random.Random(seed)
        truth = cluster.truth
        Clients(cluster, stray=0.0).begin()
        for host in draw.sample(HOSTS, len(HOSTS)):
            cluster.start_host(host)
            cluster.run(cluster.now_s + draw.choice((0.0, 0.1, 1.0)))
        cluster.run(cluster.now_s + 2.5)
        assert truth.asked_s > cluster.now_s - 0.4 and len(truth.register.eligible) == 2, f"seed {seed}"
        assert not truth.violations


def test_all_hosts_may_restart_at_once() -> None:
    for seed in range(40):
        steady = Steady(seed)
        for host in HOSTS:
            steady.cluster.power_off(host)
        for host in random.Random(seed).sample(HOSTS, len(HOSTS)):
            steady.run(random.Random(seed).choice((0.0, 0.05, 0.3)))
            steady.cluster.start_host(host)
        steady.run(2.5)
        now_s = steady.cluster.now_s
        assert steady.truth.asked_s > now_s - 0.2 and len(steady.truth.register.eligible) == 2, f"seed {seed}"
        assert steady.sound()


def test_a_witness_without_its_store_comes_back_and_counts_again() -> None:
    for seed in range(10):
        steady = Steady(seed)
        steady.cluster.kill("w1")
        steady.cluster.stores["w1"] = None
        steady.cluster.start_host("w1")
        steady.run(1.5)
        steady.cluster.kill("w3")
        steady.after(FAULTS["powered off"]).run(1.5)
        assert steady.told("promoted", "n2")[0] < 1.0 and steady.sound(), f"seed {seed}"
