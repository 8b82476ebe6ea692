"""Every way to detect keeps the bound that its settings state, and takes nothing else for a failure."""

from __future__ import annotations

import random

import pytest

from targets.reference.defects import BUSINESS_IGNORED, TCP_ONLY
from targets.reference.detection import Detector, Way
from targets.reference.machines.words.grammar import Alert, Tell
from targets.reference.settings import Settings
from tests.targets.reference.machines.cluster import both_ways
from tests.targets.reference.machines.test_times import FAULTS, HOSTS, Fault, Steady

PHI = Settings(detector=Detector(kind="phi"))
WAYS: dict[str, tuple[Way, ...]] = {
    "push": ("push",),
    "pull": ("pull",),
    "bidirectional": ("bidirectional",),
    "push and pull": ("push", "pull"),
    "push and bidirectional": ("push", "bidirectional"),
}
# Heartbeats show nothing of a primary that cannot hear, until its connections break.
LATE = {("push", "deaf"), ("bidirectional", "deaf"), ("push and bidirectional", "deaf")}


def hang(steady: Steady) -> None:
    steady.cluster.pause("n1")


def stick(steady: Steady) -> None:
    """The disk of n1 finishes nothing any more."""
    steady.cluster.slow_disks_s["n1"] = 60.0


def layers(steady: Steady) -> set[str]:
    told = [told for _, _, told in steady.cluster.told[steady._before :]]
    return {one.layer for one in told if isinstance(one, Tell) and one.phase == "suspected"}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("ways", WAYS)
def test_each_way_alone_and_together_detects_within_its_stated_bound(ways: str, fault: str) -> None:
    settings = Settings(heartbeats=WAYS[ways])
    for seed in range(3):
        steady = Steady(seed, load=False, settings=settings).after(FAULTS[fault]).run(3.0)
        late = steady.told("decided")[0] > settings.detection_bound_s
        assert late == ((ways, fault) in LATE) and steady.sound(), f"seed {seed}"


@pytest.mark.parametrize("fault", FAULTS)
def test_phi_detects_within_its_cap(fault: str) -> None:
    for seed in range(3):
        steady = Steady(seed, load=False, settings=PHI).after(FAULTS[fault]).run(2.0)
        assert steady.told("decided")[0] <= PHI.detection_bound_s and steady.sound(), f"seed {seed}"


def test_phi_over_calm_links_is_quicker_than_fixed_misses() -> None:
    quick, fixed = (
        [Steady(seed, load=False, settings=s).after(FAULTS["cut off"]).run(1.0) for seed in range(5)]
        for s in (PHI, Settings())
    )
    assert max(s.told("decided")[0] for s in quick) < min(s.told("decided")[0] for s in fixed)


def test_which_layer_was_ill_is_told() -> None:
    faults: dict[str, Fault] = {
        "process": FAULTS["killed"],
        "network": FAULTS["cut off"],
        "application": hang,
        "business": stick,
    }
    for layer, fault in faults.items():
        assert layers(Steady(1).after(fault).run(1.5)) == {layer}


def test_a_hung_process_whose_agent_is_well_is_found_but_not_by_its_open_port_alone() -> None:
    for seed in range(5):
        steady = Steady(seed, load=False).after(hang).run(1.5)
        assert steady.told("decided")[0] <= Settings().detection_bound_s and steady.sound()
        assert not Steady(seed, load=False, defect=TCP_ONLY).after(hang).run(3.0).told("decided")


@pytest.mark.parametrize("load", [True, False])
def test_a_primary_whose_disk_is_stuck_is_replaced_within_the_stated_time(load: bool) -> None:
    """Without any load its canary shows it."""
    for seed in range(5):
        steady = Steady(seed, load=load).after(stick).run(4.0)
        assert steady.told("decided")[0] <= Settings().business_bound_s, f"seed {seed}"
        assert steady.told("promoted", "n2") and steady.sound()


def test_without_the_business_layer_a_stuck_disk_is_never_noticed() -> None:
    steady = Steady(1, defect=BUSINESS_IGNORED).after(stick).run(5.0)
    assert not steady.told("decided") and steady.truth.asked_s < steady.fault_s + 0.1


@pytest.mark.parametrize("standby", ["powered off", "stuck", "cut off from the primary"])
def test_writes_that_wait_for_a_standby_make_nobody_suspect_the_primary(standby: str) -> None:
    for settings in (Settings(), PHI, *(Settings(heartbeats=ways) for ways in WAYS.values())):
        steady = Steady(2, settings=settings)
        if standby == "powered off":
            steady.cluster.power_off("n2")
        elif standby == "stuck":
            steady.cluster.slow_disks_s["n2"] = 60.0
        else:
            steady.cluster.net.cut(both_ways(["n1"], ["n2"]), "stall")
        steady.after(lambda steady: None).run(6.0)
        assert not steady.told("decided") and steady.truth.register.epoch == 1 and steady.sound()
        assert any(isinstance(told, Alert) for _, _, told in steady.cluster.told), "but a person is called"


@pytest.mark.parametrize("ways", WAYS)
def test_jitter_below_the_time_out_makes_nobody_suspect_in_any_way(ways: str) -> None:
    steady = Steady(1, settings=Settings(heartbeats=WAYS[ways]))
    draw = random.Random(1)

    def jitter() -> None:
        for way in both_ways(["n1"], HOSTS[1:]):
            steady.cluster.net.slow_s[way] = draw.uniform(0, 0.09)
        steady.cluster.later(0.02, jitter)

    jitter()
    steady.run(20.0)
    assert not steady.told("decided") and steady.truth.register.epoch == 1 and steady.sound()


def test_an_idle_cluster_writes_one_canary_a_second_and_no_client_sees_any() -> None:
    steady = Steady(1, load=False)
    before = len(steady.cluster.disks["n1"].records)
    steady.run(10.0)
    written = steady.cluster.disks["n1"].records[before:]
    assert 8 <= len(written) <= 10 and {record.key for record in written} == {""}
