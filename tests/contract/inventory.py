"""Fault, mode and world -> the tests that show it bite and heal: `python -m tests.contract.inventory`.

A fault is what drills, worlds and targets call it. What a world offers and nothing here shows fails
test_inventory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from harness.model.fault import CutMode, DiskTrouble, Scope, Side, SwitchMode
from harness.planner.offers import CUTS_REFUSED, FAULTS_OF_WORLDS

Tests = tuple[str, ...]

_WORLDS = "tests/contract/test_worlds.py::"
_LINKS, _BYTES = "tests/docker/test_faults.py::", "tests/docker/test_impairments.py::"
_HOSTS, _HARD = "tests/docker/test_faults_processes.py::", "tests/docker/test_hardships.py::"
_SIMULATED, _RAIL = "tests/worlds/simulator/", "tests/worlds/faults/test_rail.py::"

_CUT = "test_a_cut_blocks_what_is_open_and_what_is_new"
_SPLIT = "test_a_partition_silences_all_between_the_sides_and_nobody_else"
_ENDED, _PAUSED = (
    "test_who_is_ended_is_gone_until_it_is_healed",
    "test_who_is_paused_stands_still_and_then_goes_on",
)
_RESTARTED = "test_who_is_restarted_has_ended_and_begins_anew"
_CRASHED = "test_who_crashes_at_a_point_is_gone_from_there_on_until_it_is_healed"
_SLOWED = "test_a_slow_link_makes_every_answer_late"
_BADLY = "test_links_that_carry_bytes_badly_are_offered_where_there_are_bytes"
_TOWARDS, _AWAY = (
    "test_of_a_cut_towards_a_host_nothing_arrives_there",
    "test_of_a_cut_away_from_a_host_all_arrives_and_no_answer_comes",
)


def modes(world: str, fault: str) -> tuple[str, ...]:
    """Of a fault that a world offers; one empty mode where there is nothing to choose."""
    match fault:
        case "partition":
            refused = CUTS_REFUSED.get(world, {})
            return (*(how for how in get_args(CutMode) if how not in refused), "one way")
        case "kill" | "stop" | "pause" | "restart":
            return get_args(Scope)
        case "crash":
            return get_args(Side)
        case "disk":
            return get_args(DiskTrouble)
        case "switch":
            return get_args(SwitchMode)
        case _:
            return ("",)


def offered() -> Iterator[tuple[str, str, str]]:
    """World, fault, mode."""
    for world, faults in FAULTS_OF_WORLDS.items():
        for fault in sorted(faults):
            for mode in modes(world, fault):
                yield world, fault, mode


def shown(world: str, fault: str, mode: str) -> Tests:
    """The tests, as pytest names them; none where nothing shows it."""
    found = [table.get((fault, mode), ()) for table in (_every(world), _BY_WORLD.get(world, {}))]
    return tuple(dict.fromkeys(name for names in found for name in names))


def _every(world: str) -> Mapping[tuple[str, str], Tests]:
    """The suite that is run against each world."""
    table: dict[tuple[str, str], Tests] = {}
    for how in ("drop", "stall", "refuse"):
        table["partition", how] = (f"{_WORLDS}{_CUT}[{world}-{how}]",)
    table["partition", "one way"] = tuple(f"{_WORLDS}{name}[{world}]" for name in (_TOWARDS, _AWAY))
    for scope in get_args(Scope):
        table["kill", scope] = (f"{_WORLDS}{_ENDED}[{world}-Kill-{scope}]",)
        table["stop", scope] = (f"{_WORLDS}{_ENDED}[{world}-Stop-{scope}]",)
        table["pause", scope] = (f"{_WORLDS}{_PAUSED}[{world}-{scope}]",)
        table["restart", scope] = (f"{_WORLDS}{_RESTARTED}[{world}-{scope}]",)
    for side in get_args(Side):
        table["crash", side] = (f"{_WORLDS}{_CRASHED}[{world}-{side}]",)
    table["latency", ""] = (f"{_WORLDS}{_SLOWED}[{world}]",)
    if world != "simulator":
        for number, fault in enumerate(("bandwidth", "slicing", "reset", "slow_close")):
            table[fault, ""] = (f"{_WORLDS}{_BADLY}[{world}-by{number}]",)
    return table


# The harness's end of the power rail is the same among containers and processes.
_SWITCHES: Mapping[tuple[str, str], Tests] = {
    ("switch", "lies"): (f"{_RAIL}test_a_switch_that_lies_says_what_it_was_told_until_it_is_mended",),
    ("switch", "stuck"): (f"{_RAIL}test_a_switch_that_is_stuck_says_so",),
    ("switch", "slow"): (f"{_RAIL}test_an_order_to_a_slow_switch_that_is_overtaken_is_not_carried_out",),
}
_BY_WORLD: Mapping[str, Mapping[tuple[str, str], Tests]] = {
    "docker": {
        **_SWITCHES,
        **{("partition", how): (f"{_LINKS}{_SPLIT}[{how}]",) for how in get_args(CutMode)},
        ("partition", "one way"): (f"{_LINKS}test_one_direction_alone_silences_both_who_wait_for_answers",),
        ("latency", ""): (f"{_LINKS}test_a_slow_link_delays_each_way",),
        ("kill", "process"): (f"{_HOSTS}test_a_killed_child_stays_dead_and_its_main_process_lives",),
        ("kill", "host"): (f"{_HOSTS}test_a_killed_host_is_refused_to_its_peers_though_the_hub_lives",),
        ("pause", "process"): (f"{_HOSTS}test_a_paused_process_hangs_and_goes_on_where_it_was",),
        ("pause", "host"): (f"{_HOSTS}test_a_paused_host_hangs_as_a_whole_and_goes_on_where_it_was",),
        ("bandwidth", ""): (f"{_BYTES}test_bandwidth_lets_no_more_than_the_rate_through_each_way_by_itself",),
        ("slicing", ""): (f"{_BYTES}test_slicing_cuts_into_pieces_each_way_by_itself",),
        ("reset", ""): (f"{_BYTES}test_reset_meets_who_is_connected_and_who_connects",),
        ("slow_close", ""): (f"{_BYTES}test_the_end_of_a_connection_arrives_late_each_way_by_itself",),
        ("power_off", ""): (f"{_HARD}test_who_loses_its_power_says_no_goodbye_and_comes_back",),
        ("cpu", ""): (f"{_HARD}test_who_has_a_share_of_a_processor_gets_no_more_and_others_do",),
        ("memory", ""): (f"{_HARD}test_memory_that_runs_out_costs_the_services_process_alone[a]",),
        **{
            (fault, ""): (f"{_HARD}test_fsyncs_are_late_or_fail_while_their_fault_lasts_and_no_longer",)
            for fault in ("slow_fsync", "failing_fsync")
        },
        ("disk_full", ""): (f"{_HARD}test_a_full_disk_takes_no_byte_until_there_is_room_again[a]",),
        ("exec", ""): (f"{_HARD}test_a_command_runs_in_the_host_and_is_ended_when_its_time_is_over",),
    },
    "processes": _SWITCHES,
    "simulator": {
        ("partition", "loss"): (
            f"{_SIMULATED}test_network.py::test_under_loss_a_dial_hangs_and_is_tried_again",
            f"{_SIMULATED}test_network.py::test_what_was_lost_below_tcp_waits_for_the_next_time_out",
        ),
        ("loss", ""): (
            f"{_SIMULATED}test_network.py::test_a_lossy_way_delivers_everything_late_and_in_its_order",
        ),
        ("disk", "stall"): (
            f"{_SIMULATED}test_gear.py::test_a_standby_whose_disk_stalls_holds_every_write_up_until_it_works",
        ),
        ("disk", "fail"): (
            f"{_SIMULATED}test_gear.py::test_a_primary_dies_of_its_failing_disk_and_comes_back_when_it_is_mended[fail]",
        ),
        ("disk", "lose"): (
            f"{_SIMULATED}test_disk.py::test_a_lost_disk_is_empty_for_who_starts_and_gone_for_who_runs",
        ),
        ("disk", "damage"): (
            f"{_SIMULATED}test_gear.py::"
            "test_a_standby_on_a_damaged_disk_serves_nobody_and_comes_back_when_it_was_moved_away",
        ),
        ("clock", ""): (
            f"{_SIMULATED}test_clock.py::test_a_clock_that_is_told_to_run_faster_does_not_jump",
            f"{_SIMULATED}test_gear.py::test_a_clock_at_the_bound_of_its_rate_moves_nobody[1.001]",
        ),
        ("switch", "lies"): (
            f"{_SIMULATED}test_power.py::test_a_switch_that_lies_says_what_it_was_told_and_does_nothing",
        ),
        ("switch", "stuck"): (f"{_SIMULATED}test_power.py::test_a_switch_that_is_stuck_says_so",),
        ("switch", "slow"): (f"{_SIMULATED}test_power.py::test_a_slow_switch_is_on_its_way_for_long",),
    },
}


if __name__ == "__main__":
    for at in offered():
        print("\t".join([" ".join(filter(None, at)), *shown(*at)]))
