"""What a soak holds: a leak is a trend of all its looks, not a difference of two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.proof import looks
from tests.proof.footprint import Footprint, together
from tests.proof.growth import Growth, Held, growth
from tests.proof.looks import Seen

LENGTH = 100


def grown(held: Held, of: Callable[[int], Footprint]) -> Growth:
    return growth("n1", held, [Seen(n, 5.0 * n, 0.0, {"n1": of(n)}) for n in range(2, LENGTH)])


def test_a_file_or_thread_more_with_every_tenth_trial_is_a_leak() -> None:
    assert grown("files", lambda n: Footprint(20.0, 40 + n // 10, 3)).leaks
    assert grown("threads", lambda n: Footprint(20.0, 40, 3 + n // 10)).leaks


def test_a_process_that_was_started_again_and_a_connection_more_at_a_look_are_none() -> None:
    found = grown("files", lambda n: Footprint(20.0, 37 + 6 * (n % 2) + 9 * (n == LENGTH - 1), 3))
    assert not found.leaks and (found.first, found.last, found.most) == (37, 52, 52)


def test_memory_that_grows_all_the_time_is_a_leak_and_one_that_settles_is_none() -> None:
    assert grown("memory_mb", lambda n: Footprint(20.0 + 0.2 * n, 40, 3)).leaks
    assert not grown("memory_mb", lambda n: Footprint(20.0 + min(n, 50), 40, 3)).leaks
    assert not grown("memory_mb", lambda n: Footprint(20.0 + 0.01 * n, 40, 3)).leaks


def test_a_few_looks_say_nothing() -> None:
    found = growth("n1", "files", [Seen(n, 5.0 * n, 0.0, {"n1": Footprint(1.0, n, 1)}) for n in range(5)])
    assert found.a_trial is None and not found.leaks


def test_looks_come_back_as_they_were_kept(tmp_path: Path) -> None:
    kept = [looks.seen(n, {"harness": Footprint(45.5, 16, 22)}) for n in (1, 2)]
    for look in kept:
        looks.keep(tmp_path / "looks", look)
    assert looks.kept(tmp_path / "looks") == kept


def test_the_pressure_in_a_trial_is_the_share_of_its_time_that_something_waited() -> None:
    seen = [Seen(1, 10.0, 100.0, {}), Seen(2, 15.0, 101.0, {}), Seen(3, 20.0, 106.0, {})]
    assert looks.pressure(seen) == {1: 0.2, 2: 1.0}
    assert looks.pressure([Seen(1, 10.0, 0.0, {}), Seen(2, 15.0, 0.0, {})]) == {}


def test_a_container_holds_what_its_processes_do() -> None:
    assert together([Footprint(1.5, 2, 3), Footprint(2.5, 4, 5)]) == Footprint(4.0, 6, 8)
