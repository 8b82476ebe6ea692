"""A disk: what is durable when, and what is left of it where something goes wrong."""

from __future__ import annotations

from harness.worlds.simulator.process import Process
from tests.worlds.simulator.kernels import Lab


class Desk:
    """One process that writes; told: what it hears of it."""

    def __init__(self, seed: int = 1) -> None:
        self.lab = Lab("a", seed=seed)
        self.told: list[str] = []
        self.disk = self.lab.hosts["a"].disk

    @property
    def process(self) -> Process:
        return self.lab.processes["a"]

    def write(self, name: str, parts: int = 1) -> None:
        process = self.process

        def work(whole: int) -> None:
            process.disk[name] = whole

        process.sync(
            work, lambda: self.told.append(name), lambda: self.told.append(f"{name} failed"), parts=parts
        )


def test_a_stall_holds_up_what_is_under_way_and_what_waits() -> None:
    desk = Desk()
    desk.write("first")
    desk.disk.stalls = True
    desk.write("second")
    desk.lab.run(1.0)
    assert (desk.told, desk.process.disk) == ([], {})
    desk.disk.stalls = False
    desk.disk.look()
    assert desk.told == ["first"]
    desk.lab.run(0.01)
    assert desk.told == ["first", "second"]


def test_a_write_that_fails_is_never_told_as_done_and_may_be_there_in_part() -> None:
    left = set()
    for seed in range(40):
        desk = Desk(seed)
        desk.disk.fails = True
        desk.write("records", parts=2)
        desk.lab.run(0.01)
        assert desk.told == ["records failed"]
        left.add(desk.process.disk["records"])
    assert left == {0, 1, 2}


def test_a_death_leaves_a_part_of_what_was_under_way_and_nothing_of_what_waited() -> None:
    left = set()
    for seed in range(40):
        desk = Desk(seed)
        desk.write("records", parts=2)
        desk.write("waiting")
        desk.process.kill()
        desk.lab.run(0.02)
        assert desk.told == []
        assert "waiting" not in desk.process.disk
        left.add(desk.process.disk["records"])
    assert left == {0, 1, 2}


def test_another_process_writes_on_where_one_has_died() -> None:
    desk = Desk()
    desk.write("of the dead")
    desk.process.kill()
    desk.lab.begin("a")
    desk.write("of the living")
    desk.lab.run(0.02)
    assert desk.told == ["of the living"]


def test_a_lost_disk_is_empty_for_who_starts_and_gone_for_who_runs() -> None:
    desk = Desk()
    desk.write("before")
    desk.lab.run(0.01)
    desk.disk.lose()
    desk.write("into nothing")
    desk.lab.run(0.01)
    assert desk.told == ["before", "into nothing"]
    desk.process.kill()
    assert desk.lab.begin("a").disk == {}


def test_of_a_damaged_disk_lists_are_read_as_far_as_it_goes_and_sums_would_show_it() -> None:
    for seed in range(20):
        desk = Desk(seed)
        desk.process.disk |= {"records": [1, 2, 3], "state": "kept"}
        desk.disk.damage()
        assert desk.process.disk == {"records": [1, 2, 3], "state": "kept"}
        read = desk.disk.contents
        assert read["state"] == "kept" and read["records"] == [1, 2, 3][: len(read["records"])] != [1, 2, 3]
        assert desk.process.disk_is_damaged
        desk.disk.lose()
        assert not desk.process.disk_is_damaged
