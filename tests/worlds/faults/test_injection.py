"""What injection asks of hub, resident and engine, what it tells, and what it makes of failures."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from harness.model.errors import WorldError
from harness.model.fault import (
    Crash,
    Cut,
    CutMode,
    Fault,
    Impair,
    Kill,
    Link,
    Pause,
    PowerOff,
    Scope,
    Slow,
    Stop,
    Strain,
    Switch,
)
from harness.model.hardship import Cpu
from harness.model.impairment import Bandwidth, Reset, Slicing, SlowClose
from harness.model.moment import Moment
from harness.worlds.faults import hostfaults, meshlinks
from tests.worlds.faultdoubles import Surroundings, surrounded

N1_N2 = (Link("n1", "n2"), Link("n2", "n1"))
BETWEEN = {"n1-n2-7000", "n2-n1-7000"}
OF_N1 = {"n1-n2-7000", "n1-r-7000", "n2-n1-7000", "r-n1-7000", "c1-n1-7000", "c2-n1-7000"}


@pytest.fixture
def it(monkeypatch: pytest.MonkeyPatch) -> Iterator[Surroundings]:
    # Nothing is under way in memory.
    monkeypatch.setattr(meshlinks, "_UNDER_WAY_S", 0.0)
    monkeypatch.setattr(meshlinks, "_WINDOW_S", 0.0)
    with surrounded() as made:
        yield made


def inject(it: Surroundings, fault: Fault, fault_id: str = "f") -> tuple[str, ...]:
    """The evidence; what is in every Applied is checked on the way."""
    applied = it.injection.inject(fault_id, fault)
    assert (applied.fault_id, applied.fault) == (fault_id, fault)
    assert 0 <= applied.before_s <= applied.after_s
    assert all(applied.evidence)
    return applied.evidence


def heal(it: Surroundings, fault_id: str = "f") -> tuple[str, ...]:
    healed = it.injection.heal(fault_id)
    assert healed.fault_id == fault_id
    assert 0 <= healed.before_s <= healed.after_s
    return healed.evidence


LINKS_OF_N1 = tuple(
    link for other in ("n2", "r", "c1", "c2") for link in (Link("n1", other), Link(other, "n1"))
)
ANY_FAULT = [
    PowerOff("n1", LINKS_OF_N1),
    *(Cut(N1_N2, how) for how in ("refuse", "drop", "stall", "loss")),
    Slow(N1_N2, 0.1, 0.01),
    *(Impair(N1_N2, by) for by in (Bandwidth(10), Slicing(10, 0.001), Reset(), SlowClose(1.0))),
    *(
        kind(host, scope)
        for kind in (Kill, Stop, Pause)
        for host in ("n1", "r")
        for scope in ("process", "host")
    ),
]


@pytest.mark.parametrize("fault", ANY_FAULT, ids=str)
def test_a_fault_comes_with_evidence_and_goes_without_a_trace(it: Surroundings, fault: Fault) -> None:
    assert inject(it, fault)
    assert not it.whole() or isinstance(fault, Pause)
    assert heal(it)
    assert it.whole()


@pytest.mark.parametrize("first", ANY_FAULT, ids=str)
def test_a_fault_that_outlasts_another_stays_whole_when_that_ends(it: Surroundings, first: Fault) -> None:
    second = Cut((*N1_N2, Link("n1", "r")), "refuse")
    inject(it, first, "first")
    inject(it, second, "second")
    heal(it, "first")
    assert it.closed() == BETWEEN | {"n1-r-7000", "r-n1-7000"}
    heal(it, "second")
    assert it.whole()


def test_a_process_is_killed_without_its_links_and_stays_dead(it: Surroundings) -> None:
    killed, childless = inject(it, Kill("n1", "process"))
    assert killed == "process 101 of n1 was gone 10.0 ms after SIGKILL"
    assert childless == "the main process of n1, 100, has no child now"
    assert (it.hosts.did, it.closed()) == (["KILL 101"], set())
    assert heal(it) == ("process 102 of n1 runs, seen 20.0 ms after SIGUSR1",)
    assert it.hosts.did == ["KILL 101", "USR1 100"]


def test_a_host_is_killed_with_its_links_and_back_with_them(it: Surroundings) -> None:
    evidence = inject(it, Kill("n1", "host"))
    assert it.hosts.did == ["KILL 100"]
    assert it.closed() == OF_N1
    assert "6 of 6 connects from the hosts' own namespaces met refused" in evidence
    heal(it)
    assert it.hosts.did == ["KILL 100", "start n1"]


@pytest.mark.parametrize("fault", [Kill("r", "process"), Kill("n1", "host"), Stop("r", "host")], ids=str)
def test_the_engine_has_noticed_a_death_before_anything_else_happens(it: Surroundings, fault: Fault) -> None:
    it.hosts.main_pid("r"), it.hosts.main_pid("n1")
    it.hosts.engine_lags = 4
    inject(it, fault)
    heal(it)
    assert it.whole()


def test_a_stubborn_process_is_killed_after_its_grace_and_that_is_said(it: Surroundings) -> None:
    it.hosts.stubborn = {300}
    assert inject(it, Stop("r", "process")) == (
        "it did not end within its grace of 2 s",
        "process 300 of r was gone 10.0 ms after SIGKILL",
    )
    assert it.hosts.did == ["TERM 300", "KILL 300"]


def test_the_links_of_a_host_that_stops_go_down_after_its_end(it: Surroundings) -> None:
    ended, down, *_ = inject(it, Stop("r", "host"))
    assert ended == "process 300 of r was gone 10.0 ms after SIGTERM"
    assert down.startswith("its links were down")


def test_one_direction_is_cut_with_both_of_its_streams(it: Surroundings) -> None:
    inject(it, Cut((Link("n1", "n2"),), "drop"))
    toxics = {
        name: [toxic["name"] for toxic in proxy["toxics"]]
        for name, proxy in it.toxiproxy.proxies.items()
        if proxy["toxics"]
    }
    assert toxics == {"n1-n2-7000": ["timeout_upstream"], "n2-n1-7000": ["timeout_downstream"]}


def test_lost_packets_are_those_where_each_meets_the_other(it: Surroundings) -> None:
    evidence = inject(it, Cut((Link("n1", "n2"),), "loss"))
    assert set(it.resident.lost_addresses) == {
        it.mesh.stands_for("n1", "n2"),
        it.mesh.stands_for("n2", "n1"),
    }
    assert "2 of 2 connects from the hosts' own namespaces met silence" in evidence
    assert "the packet filter holds 2 addresses; 7 packets vanished there" in evidence


def test_two_faults_that_lose_packets_are_one_set(it: Surroundings) -> None:
    inject(it, Cut(N1_N2, "loss"), "first")
    inject(it, Cut((Link("n1", "r"),), "loss"), "second")
    heal(it, "first")
    assert set(it.resident.lost_addresses) == {it.mesh.stands_for("n1", "r"), it.mesh.stands_for("r", "n1")}


def test_a_refused_link_that_loses_packets_too_meets_silence(it: Surroundings) -> None:
    inject(it, Cut(N1_N2, "loss"), "first")
    evidence = inject(it, Cut(N1_N2, "refuse"), "second")
    assert "2 of 2 connects from the hosts' own namespaces met silence" in evidence


def test_a_slow_link_says_how_far_it_was_seen(it: Surroundings) -> None:
    assert inject(it, Slow(N1_N2, 0.1, 0.01)) == (
        "2 links read back",
        "in 370 ms 1 pieces came and left 89.0 to 111.0 ms later",
    )


def test_a_slow_link_without_traffic_says_that_nothing_was_measured(it: Surroundings) -> None:
    it.resident.delay_s = None
    assert inject(it, Slow(N1_N2, 0.1, 0.01))[1].startswith("in 370 ms no byte came and left")


def test_a_byte_that_is_too_fast_proves_that_a_link_is_not_slow(it: Surroundings) -> None:
    it.resident.delay_s = 0.01
    with pytest.raises(WorldError, match=r"not slow: 1 of 1 pieces stayed too short, .* 21\.0 ms at most"):
        inject(it, Slow(N1_N2, 0.1, 0.01))


def test_a_link_that_is_slower_than_a_drill_can_wait_says_so(it: Surroundings) -> None:
    assert inject(it, Slow(N1_N2, 5.0, 0.0))[1].startswith("bytes are under way for up to 5 s")


def test_a_reset_ends_what_is_open_and_proves_what_becomes_of_new_ones(it: Surroundings) -> None:
    assert inject(it, Impair(N1_N2, Reset())) == (
        "2 open connections were reset",
        "2 links read back",
        "2 of 2 links probed: who says a byte there is reset (RST)",
    )
    places = {it.toxiproxy.proxies[name]["listen"] for name in BETWEEN}
    assert it.resident.destroyed == places


def test_a_slow_close_is_proved_by_an_end_that_does_not_come(it: Surroundings) -> None:
    assert inject(it, Impair(N1_N2, SlowClose(0.1))) == (
        "2 links read back",
        "2 of 2 links probed: who says goodbye there is still connected 50 ms later",
    )


@pytest.mark.parametrize("by", [Reset(), SlowClose(0.1)])
def test_a_connection_that_ends_as_ever_proves_that_an_impairment_did_not_bite(
    it: Surroundings, by: Reset | SlowClose
) -> None:
    it.resident.toothless = True
    with pytest.raises(WorldError, match=r"on which .* was said was (open|ended) instead of (reset|open)"):
        inject(it, Impair(N1_N2, by))


def test_an_impairment_of_a_dead_host_sends_no_probe_there(it: Surroundings) -> None:
    inject(it, Kill("n1", "host"), "dead")
    evidence = inject(it, Impair(N1_N2, Reset()))
    assert evidence[-1].startswith("0 of 2 links probed")


@pytest.mark.parametrize("how", ["refuse", "drop", "stall"])
def test_a_change_that_toxiproxy_ignored_did_not_bite(it: Surroundings, how: CutMode) -> None:
    it.toxiproxy.deaf = {"n1-n2-7000"}
    with pytest.raises(WorldError, match="of n1-n2-7000 Toxiproxy says"):
        inject(it, Cut(N1_N2, how))


@pytest.mark.parametrize("how", ["drop", "stall"])
def test_bytes_that_get_through_prove_that_a_cut_did_not_bite(it: Surroundings, how: CutMode) -> None:
    it.resident.leaking = 5
    with pytest.raises(WorldError, match=r"bytes go on getting through the cut links: [0-9]+"):
        inject(it, Cut(N1_N2, how))


def test_bytes_that_were_only_late_are_told_and_are_no_leak(it: Surroundings) -> None:
    it.resident.leaking_looks = 5
    it.resident.leaking = 5
    evidence = inject(it, Cut(N1_N2, "drop"))
    assert re.search(r"none got through, after [0-9]+ that were still under way$", evidence[-1])


def test_a_packet_filter_that_was_not_emptied_is_not_healed(it: Surroundings) -> None:
    inject(it, Cut(N1_N2, "loss"))
    it.resident.keeps_packets = True
    with pytest.raises(WorldError, match=r"packets vanish at 198.18.0.101, 198.18.1.100 instead of none"):
        heal(it)
    it.resident.keeps_packets = False


def test_a_connection_that_survives_its_refusal_did_not_bite(it: Surroundings) -> None:
    it.resident.lingering = True
    with pytest.raises(WorldError, match="n1 is still connected to n2"):
        inject(it, Cut(N1_N2, "refuse"))


def test_packets_that_are_not_lost_did_not_bite(it: Surroundings) -> None:
    it.resident.keeps_packets = True
    with pytest.raises(WorldError, match=r"a connect from n1 to n2 .* met connected instead of silence"):
        inject(it, Cut(N1_N2, "loss"))


def test_a_cut_between_hosts_without_a_link_is_no_cut(it: Surroundings) -> None:
    with pytest.raises(WorldError, match="no link of the mesh is touched"):
        inject(it, Cut((Link("c1", "c2"), Link("c2", "c1")), "drop"))


@pytest.mark.parametrize("scope", ["process", "host"])
def test_a_process_that_does_not_die_did_not_bite(it: Surroundings, scope: Scope) -> None:
    it.hosts.immortal = {100, 101}
    with pytest.raises(WorldError, match=r"process 10[01] of n1 did not end within 3 s of SIGKILL"):
        inject(it, Kill("n1", scope))
    heal(it)
    assert it.whole()


def test_a_child_that_comes_back_by_itself_did_not_bite(it: Surroundings) -> None:
    it.hosts.restless = True
    with pytest.raises(WorldError, match="started another child, 102, at once"):
        inject(it, Kill("n1", "process"))


def test_threads_that_go_on_did_not_bite(it: Surroundings) -> None:
    it.hosts.states = {101: "TR"}
    with pytest.raises(WorldError, match="threads of process 101 of n1 are TR after SIGSTOP"):
        inject(it, Pause("n1", "process"))
    it.hosts.states = {}
    heal(it)
    assert it.hosts.did == ["STOP 101", "CONT 101"]


def test_threads_that_do_not_go_on_are_not_healed_until_they_do(it: Surroundings) -> None:
    inject(it, Pause("n1", "process"))
    it.hosts.states = {101: "ST"}
    with pytest.raises(WorldError, match="are ST after SIGCONT"):
        heal(it)
    it.hosts.states = {}
    heal(it)


def test_what_does_not_run_cannot_be_hurt_and_is_healed_all_the_same(it: Surroundings) -> None:
    inject(it, Kill("r", "process"), "first")
    with pytest.raises(WorldError, match="r does not run"):
        inject(it, Pause("r", "process"), "second")
    assert heal(it, "second") == ("no process of r was paused",)


def test_a_process_that_was_killed_while_paused_needs_no_resuming(it: Surroundings) -> None:
    inject(it, Pause("n1", "process"), "pause")
    inject(it, Kill("n1", "process"), "kill")
    assert heal(it, "pause") == ("process 101 of n1 has ended while it was paused",)
    heal(it, "kill")
    assert it.whole()


def test_what_two_faults_ended_starts_when_both_are_over(it: Surroundings) -> None:
    inject(it, Kill("n1", "process"), "shorter")
    inject(it, Kill("n1", "host"), "longer")
    assert heal(it, "shorter") == ("n1 stays down: another fault in force ended it too",)
    assert it.hosts.did == ["KILL 101", "KILL 100"]
    heal(it, "longer")
    assert it.whole()


def test_a_fault_that_failed_does_not_bring_back_what_another_ended(it: Surroundings) -> None:
    inject(it, Kill("n1", "process"), "first")
    with pytest.raises(WorldError, match="exactly one child; it has none"):
        inject(it, Kill("n1", "process"), "second")
    assert heal(it, "second") == ("n1 stays down: another fault in force ended it too",)
    heal(it, "first")
    assert it.whole()


def test_a_host_that_two_faults_paused_goes_on_when_both_are_over(it: Surroundings) -> None:
    inject(it, Pause("r", "host"), "first")
    inject(it, Pause("r", "host"), "second")
    assert "stays paused" in heal(it, "first")[0]
    assert it.hosts.frozen == {"r"}
    heal(it, "second")
    assert it.hosts.did == ["pause r", "unpause r"]


def test_an_unknown_fault_cannot_be_healed_and_none_twice(it: Surroundings) -> None:
    inject(it, Slow(N1_N2, 0.1, 0.0))
    heal(it)
    with pytest.raises(WorldError, match="no fault f in force"):
        heal(it)


def test_everything_is_healed_at_the_end_also_when_one_will_not(it: Surroundings) -> None:
    inject(it, Pause("n2", "process"), "stuck")
    inject(it, Kill("n1", "host"), "kill")
    inject(it, Cut(N1_N2, "loss"), "cut")
    it.hosts.states = {201: "TT"}
    with pytest.raises(WorldError, match=r"not everything could be healed: pause n2 \(process\): .*SIGCONT"):
        it.injection.heal_all()
    assert it.whole()
    it.hosts.states = {}
    it.injection.heal_all()
    it.injection.heal_all()


# --- crash points ------------------------------------------------------------------------------------


def lying(*hosts: str) -> Crash:
    return Crash(Moment(act="sends", what="Seal", hosts=hosts), "before")


@pytest.mark.parametrize("host", ["n1", "r"])
def test_who_died_at_its_point_is_seen_dead_and_started_again(it: Surroundings, host: str) -> None:
    it.injection.lie_in_wait("f", lying("n1", "r"))
    it.hosts.end(it.hosts.children.get(host, it.hosts.mains[host]))
    applied = it.injection.crashed("f", host, 0.0)
    assert isinstance(applied.fault, Crash)
    assert (applied.fault.host, applied.before_s) == (host, 0.0)
    assert applied.evidence[0].startswith(f"{host} died before it sends Seal; seen ")
    assert heal(it)
    assert it.whole()


def test_an_agent_that_died_is_started_again_with_its_child(it: Surroundings) -> None:
    it.injection.lie_in_wait("f", lying("n1"))
    it.hosts.end(it.hosts.mains["n1"])
    it.injection.crashed("f", "n1", 0.0)
    heal(it)
    assert it.hosts.did == ["start n1"]


def test_who_says_that_it_dies_and_lives_has_not_bitten(
    it: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hostfaults, "_DIES_WITHIN_S", 0.0)
    it.injection.lie_in_wait("f", lying("n1"))
    with pytest.raises(WorldError, match="n1 said that it dies before it sends Seal, and lives"):
        it.injection.crashed("f", "n1", 0.0)


def test_a_point_that_is_given_up_starts_whoever_came_to_it_all_the_same(it: Surroundings) -> None:
    it.injection.lie_in_wait("f", lying("n1", "r"))
    it.hosts.end(it.hosts.mains["r"])
    lines = heal(it)
    assert lines[0] == "process 101 of n1 runs already"
    assert it.hosts.did == ["start r"]


def test_who_died_at_its_point_stays_down_when_another_fault_of_its_host_ends(it: Surroundings) -> None:
    inject(it, Kill("n1", "process"), "kill")
    it.injection.lie_in_wait("f", lying("n1"))
    it.hosts.end(it.hosts.mains["n1"])
    it.injection.crashed("f", "n1", 0.0)
    assert heal(it, "kill") == ("n1 stays down: another fault in force ended it too",)
    heal(it)
    assert it.whole()


def test_who_dies_at_the_start_of_its_child_stays_down_until_its_crash_ends(it: Surroundings) -> None:
    inject(it, Kill("n1", "process"), "kill")
    it.injection.lie_in_wait("f", lying("n1"))
    it.hosts.dies_of_its_child = True
    assert heal(it, "kill") == (
        "the main process of n1 ended before it had a child: a crash point keeps it down",
    )
    it.injection.crashed("f", "n1", 0.0)
    heal(it)
    assert it.whole()


def test_who_dies_at_the_start_of_its_child_without_a_cause_breaks_the_world(it: Surroundings) -> None:
    inject(it, Kill("n1", "process"), "kill")
    it.hosts.dies_of_its_child = True
    with pytest.raises(WorldError, match="the main process of n1 ended when it was told to start"):
        heal(it, "kill")


def test_who_died_there_as_well_is_told_and_started_again(it: Surroundings) -> None:
    it.injection.lie_in_wait("f", lying("n1", "r"))
    for host in ("n1", "r"):
        it.hosts.end(it.hosts.mains[host])
    applied = it.injection.crashed("f", "n1", 0.0)
    assert applied.evidence[1:] == ("r died there as well, before it could be spared",)
    heal(it)
    assert it.whole()


# --- power ------------------------------------------------------------------------------------------------


def test_who_is_switched_off_is_dead_and_its_links_are_down_until_it_is_switched_on(it: Surroundings) -> None:
    assert "gone" in it.injection.power_off("n1")
    assert not it.hosts.mains["n1"] and it.closed() == OF_N1
    assert "started anew" in it.injection.power_on("n1")
    assert it.whole()


def test_a_frozen_host_dies_of_power_off_without_running_again(it: Surroundings) -> None:
    inject(it, Pause("n1", "host"))
    it.hosts.did.clear()
    it.injection.power_off("n1")
    assert it.hosts.did[:2] == ["KILL 100", "unpause n1"]
    it.injection.power_on("n1")
    assert heal(it) == ("n1 was switched off while it was paused",)
    assert it.whole()


def test_a_fault_that_keeps_a_host_down_outlasts_its_power(it: Surroundings) -> None:
    inject(it, Kill("n1", "process"))
    it.injection.power_off("n1")
    assert "keeps it down" in it.injection.power_on("n1") and not it.hosts.mains["n1"]
    assert "started anew" in heal(it)[0]
    assert it.whole()


def test_who_is_off_stays_off_when_its_fault_ends(it: Surroundings) -> None:
    inject(it, Kill("n1", "host"))
    assert "nothing ran" in it.injection.power_off("n1")
    assert "stays down" in heal(it)[0] and it.closed() == OF_N1
    it.injection.power_on("n1")
    assert it.whole()


def test_other_faults_are_healed_around_who_is_off(it: Surroundings) -> None:
    inject(it, Cut(N1_N2, "drop"))
    it.injection.power_off("n1")
    heal(it)
    assert it.closed() == OF_N1
    it.injection.power_on("n1")
    assert it.whole()


def test_a_switch_is_ill_from_its_fault_to_its_end(it: Surroundings) -> None:
    inject(it, Switch("n1", "lies"))
    assert it.injection.switches() == {"n1": "lies"}
    heal(it)
    assert it.injection.switches() == {} and it.hosts.did == []


def test_who_loses_its_power_is_frozen_unheard_of_and_only_then_killed(it: Surroundings) -> None:
    evidence = inject(it, PowerOff("n1", LINKS_OF_N1))
    assert it.hosts.did == ["pause n1", "lose 8", "KILL 100", "unpause n1"]
    assert "6 of 6 connects from the hosts' own namespaces met silence" in evidence
    inject(it, Kill("n2", "process"), "other")
    heal(it)
    heal(it, "other")
    assert it.hosts.did[4:] == ["KILL 201", "start n1", "lose 0", "USR1 200"]
    assert it.whole()


def test_a_world_without_hardships_says_so(it: Surroundings) -> None:
    with pytest.raises(WorldError, match=r"does not offer this: cpu n1 \(10%\); the planner refuses it"):
        inject(it, Strain("n1", Cpu(0.1)))
