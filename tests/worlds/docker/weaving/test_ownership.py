"""Whose things are: clean may remove what ended runs left, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from harness.worlds.docker.weaving.ownership import OWNER, RUN, Leftovers, Run, leftovers
from harness.worlds.owned.owner import Owner, owner_of

HERE = "4026531836"


def labels(run_id: str, pid: int, started_ticks: int, pid_space: str = HERE) -> Mapping[str, str]:
    return Run(run_id, Owner(pid, started_ticks, pid_space)).labels()


def look(*found: Mapping[str, str], alive: Mapping[int, int], hidden: int = 0) -> Leftovers:
    return leftovers(found, pid_space=HERE, started_ticks=alive.get, hidden=lambda pid: pid == hidden)


def test_what_a_live_run_owns_is_left_alone() -> None:
    assert look(labels("aa", 7, 100), alive={7: 100}) == Leftovers((), ())


def test_what_a_dead_run_left_is_found_once() -> None:
    assert look(labels("aa", 7, 100), labels("aa", 7, 100), alive={}).ended == ("aa",)


def test_a_pid_that_was_used_again_is_another_process() -> None:
    assert look(labels("aa", 7, 100), alive={7: 900}).ended == ("aa",)


def test_of_an_owner_in_another_pid_namespace_nothing_is_said() -> None:
    assert look(labels("aa", 7, 100, "4026532999"), alive={}) == Leftovers((), ("aa",))


def test_of_an_owner_that_is_hidden_nothing_is_said() -> None:
    assert look(labels("aa", 7, 100), alive={}, hidden=7) == Leftovers((), ("aa",))


def test_a_label_that_nobody_can_read_is_left_alone() -> None:
    assert look({RUN: "aa", OWNER: "somebody"}, {RUN: "bb"}, alive={}) == Leftovers((), ("aa", "bb"))


def test_an_owners_text_can_be_read_back() -> None:
    owner = Owner(7, 100, HERE)
    assert owner_of(owner.text) == owner


def test_labels_name_the_run_its_owner_and_the_part() -> None:
    assert labels("aa", 7, 100) == {RUN: "aa", OWNER: f"7.100.{HERE}"}
    more = Run("aa", Owner(7, 100, HERE)).labels(host="n1", part="sandbox")
    assert more["failover-drill.host"] == "n1"
    assert more["failover-drill.part"] == "sandbox"
