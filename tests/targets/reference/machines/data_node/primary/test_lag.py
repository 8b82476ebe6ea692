from __future__ import annotations

from typing import Any

import pytest

from targets.reference.machines.data_node.log import Log
from targets.reference.machines.data_node.primary.lag import Lag, Lags
from targets.reference.settings import LagAlert
from tests.targets.reference.machines.playbook import record


class Given:
    """Ten inherited records of two bytes; the mark, at position 11, was appended at 100 s."""

    def __init__(self, **limits: Any) -> None:
        self.log = Log([record(1, position) for position in range(1, 11)] + [record(2, 11, "")])
        self.lags = Lags(
            self.log, LagAlert(**{"seconds_s": 0.0, **limits}), mark=11, begun_s=100.0, look_each_s=10.0
        )
        self.last = 11

    def append(self, now_s: float, size_bytes: int = 2) -> Given:
        self.last += 1
        self.log.append([record(2, self.last)])
        self.lags.appended(now_s, size_bytes)
        return self


def test_one_that_holds_everything_is_not_behind() -> None:
    assert Given().lags.of(200.0, "n2", 11) == Lag()


def test_the_lag_is_what_it_lacks_since_the_first_of_it_was_written() -> None:
    given = Given().append(101.0, 5).append(102.0, 7)
    assert given.lags.of(104.0, "n2", 12) == Lag(1, 7, 2.0)
    assert given.lags.of(104.0, "n2", 11) == Lag(2, 12, 3.0)


def test_the_time_in_which_the_primary_was_frozen_is_no_lag() -> None:
    given = Given(seconds_s=5.0).append(101.0)
    assert given.lags.look(102.0, {"n2": 11}) == []
    # It looks each 10 s, and wakes an hour later: 20 s are all that it may have been late.
    assert given.lags.of(3702.0, "n2", 11).seconds_s == 21.0
    [text] = given.lags.look(3702.0, {"n2": 11})
    assert "21 s behind" in text
    given.append(3703.0)
    assert given.lags.of(3705.0, "n2", 12).seconds_s == 2.0
    assert given.lags.of(3705.0, "n2", 11).seconds_s == 24.0


def test_what_the_reign_inherited_counts_from_its_begin() -> None:
    assert Given().lags.of(104.0, "n2", 4) == Lag(7, 6 * 2, 4.0)


def test_what_it_catches_up_of_the_inherited_is_counted_down() -> None:
    given = Given()
    given.lags.look(100.0, {"n2": 0})
    for held, lacks in ((0, 20), (3, 14), (10, 0), (2, 16)):
        assert given.lags.of(101.0, "n2", held).bytes == lacks


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"positions": 3}, "4 records behind, more than 3"),
        ({"bytes": 7}, "8 bytes behind, more than 7"),
        ({"seconds_s": 2.0}, "3 s behind, more than 2"),
    ],
)
def test_a_person_is_called_once_when_a_limit_is_passed_and_again_after_it_was_well(
    limits: dict[str, float], words: str
) -> None:
    given = Given(**limits)
    for _ in range(4):
        given.append(101.0)
    assert [words in text for text in given.lags.look(104.0, {"n2": 11})] == [True]
    assert given.lags.look(104.1, {"n2": 11}) == []
    assert given.lags.look(104.2, {"n2": 15}) == []
    given.append(104.3)
    for _ in range(4):
        given.append(104.3)
    assert len(given.lags.look(108.0, {"n2": 15})) == 1


def test_a_limit_that_is_merely_approached_again_calls_nobody() -> None:
    given = Given(positions=10)
    for _ in range(11):
        given.append(101.0)
    assert len(given.lags.look(101.0, {"n2": 11})) == 1
    assert given.lags.look(101.1, {"n2": 13}) == []
    given.append(101.2).append(101.2)
    assert given.lags.look(101.3, {"n2": 13}) == []


def load(given: Given, seconds: int, *, written: int, taken: int) -> list[str]:
    held, told = given.last, list[str]()
    for second in range(1, seconds + 1):
        for _ in range(written):
            given.append(100.0 + second)
        held += taken
        told += given.lags.look(100.0 + second, {"n2": held})
    return told


def test_one_that_falls_behind_ever_further_cannot_carry_the_load() -> None:
    given = Given()
    assert load(given, 10, written=20, taken=12) == [
        "n2 cannot carry the load: it takes 12 of 20 records a second"
    ]
    assert not given.lags.carries_load("n2")


def test_one_that_is_behind_but_keeps_up_carries_it() -> None:
    given = Given()
    for _ in range(500):
        given.append(100.0)
    assert load(given, 10, written=20, taken=20) == [] and given.lags.carries_load("n2")


def test_one_that_catches_up_carries_it() -> None:
    given = Given()
    assert load(given, 10, written=20, taken=25) == []


def test_a_few_seconds_are_no_proof() -> None:
    assert load(Given(), 5, written=20, taken=0) == []


def test_without_load_nobody_fails_to_carry_it() -> None:
    assert load(Given(), 10, written=0, taken=0) == []
