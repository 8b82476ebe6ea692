"""The log in virtual time: what is durable when, what is told, and what a death costs."""

from __future__ import annotations

import pytest

from targets.reference.machines.words.grammar import NodeState
from targets.reference.machines.words.messages import Place, Record
from targets.reference.simulated.log import GroupCommit, stored
from tests.worlds.simulator.kernels import Lab


def record(position: int) -> Record:
    return Record(1, position, "k", f"v{position}")


class Desk:
    def __init__(self, seed: int = 1) -> None:
        self.lab = Lab("n1", seed=seed)
        self.told: list[object] = []
        self.process = self.lab.processes["n1"]
        stored(self.process.disk, identity=lambda: "first")
        self.log = GroupCommit(self.process, durable=self.told.append)

    @property
    def on_disk(self) -> list[Record]:
        return stored(self.process.disk, identity=lambda: "never asked")[1]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_new_disk_gets_an_identity_once(desk: Desk) -> None:
    state, records = stored(desk.process.disk, identity=lambda: "second")
    assert (state, records) == (NodeState(identity="first", sealed=0), [])


def test_nothing_is_told_before_it_is_on_disk(desk: Desk) -> None:
    desk.log.append((record(1),))
    assert (desk.told, desk.on_disk) == ([], [])
    desk.lab.run()
    assert (desk.told, desk.on_disk) == ([Place(1, 1)], [record(1)])


def test_what_waits_behind_a_write_is_written_in_one(desk: Desk) -> None:
    for position in range(1, 6):
        desk.log.append((record(position),))
    desk.lab.run(0.02)
    assert desk.told == [Place(1, 1), Place(1, 5)]
    assert desk.on_disk == [record(position) for position in range(1, 6)]


def test_a_death_leaves_a_part_of_what_was_being_written_and_nothing_of_what_waited() -> None:
    left = set()
    for seed in range(40):
        desk = Desk(seed)
        desk.log.append((record(1), record(2), record(3)))
        desk.log.append((record(4),))
        desk.process.kill()
        desk.lab.run()
        assert desk.told == []
        assert desk.on_disk == [record(position + 1) for position in range(len(desk.on_disk))]
        left.add(len(desk.on_disk))
    assert left == {0, 1, 2, 3}


def test_a_disk_that_fails_ends_the_process_and_nothing_is_told(desk: Desk) -> None:
    desk.lab.hosts["n1"].disk.fails = True
    desk.log.append((record(1),))
    desk.log.append((record(2),))
    desk.lab.run(0.02)
    assert (desk.process.alive, desk.told) == (False, [])
    assert record(2) not in desk.on_disk


def test_a_state_is_durable_after_all_that_was_appended_before_it(desk: Desk) -> None:
    desk.log.append((record(1),))
    desk.log.append((record(2),))
    desk.log.persist(NodeState(identity="first", sealed=7), lambda: desk.told.append("sealed"))
    desk.lab.run(0.02)
    assert desk.told == [Place(1, 1), Place(1, 2), "sealed"]
    assert stored(desk.process.disk, identity=str)[0].sealed == 7


def test_a_truncation_drops_the_tail_keeps_it_and_says_how_far_the_log_reaches(desk: Desk) -> None:
    desk.log.append((record(1), record(2), record(3)))
    desk.log.truncate(1, lambda: desk.told.append("dropped"))
    desk.lab.run(0.02)
    assert desk.on_disk == [record(1)]
    assert desk.process.disk["divergent"] == [[record(2), record(3)]]
    assert desk.told == [Place(1, 3), "dropped"]


def test_a_closed_log_has_written_what_was_waiting(desk: Desk) -> None:
    desk.log.append((record(1),))
    desk.log.append((record(2),))
    desk.log.close(desk.process.exit)
    desk.lab.run(0.02)
    assert (desk.process.alive, desk.on_disk) == (False, [record(1), record(2)])
