"""An epoch that is too old would make a healthy primary look like an old one: rather unknown than wrong."""

from __future__ import annotations

from targets.redis_sentinel.reigns import UNKNOWN, Reigns, named_elsewhere
from tests.targets.redis_sentinel.said import master, names

ALL_R1 = [names("r1", 1)] * 3


def known() -> Reigns:
    """r1 reigns in epoch 1."""
    reigns = Reigns()
    assert reigns.epoch("r1", master("a"), ALL_R1) == 1
    return reigns


def test_what_nobody_names_is_unknown() -> None:
    assert Reigns().epoch("r1", master("a"), []) == UNKNOWN
    assert Reigns().epoch("r1", master("a"), [names("r2", 5)] * 3) == UNKNOWN


def test_one_history_keeps_its_epoch_whatever_the_sentinels_say_later() -> None:
    """A primary that is cut off goes on in its reign, while all others name another."""
    reigns = known()
    assert reigns.epoch("r1", master("a"), [names("r2", 2)] * 3) == 1
    assert reigns.epoch("r1", master("a"), []) == 1


def test_a_primary_that_is_promoted_though_it_is_one_keeps_its_history_and_reigns_anew() -> None:
    """It was started as primary, by nobody's leave, and then promoted: nothing of it changes."""
    reigns = known()
    assert reigns.epoch("r2", master("b", before="a"), [names("r2", 2)] * 3) == 2
    assert reigns.epoch("r1", master("a"), [names("r2", 2)] * 3) == 1
    assert reigns.epoch("r1", master("a"), [names("r1", 5), names("r2", 2)]) == 5
    assert reigns.epoch("r1", master("a"), [names("r1", 1)]) == 5


def test_the_first_sentinel_that_names_a_newer_epoch_is_believed() -> None:
    assert known().epoch("r2", master("b", before="a"), [names("r2", 2), names("r1", 1), names("r1", 1)]) == 2


def test_one_sentinel_alone_that_names_nothing_newer_is_not() -> None:
    """r1 has come back in epoch 3, and the only Sentinel in reach slept through both failovers."""
    reigns = known()
    assert reigns.epoch("r2", master("b", before="a"), [names("r2", 2)] * 3) == 2
    back = master("c", before="b")
    assert reigns.epoch("r1", back, [names("r1", 1)]) == UNKNOWN
    assert reigns.epoch("r1", back, [names("r1", 3)]) == 3


def test_a_majority_that_agrees_is_believed() -> None:
    reigns = known()
    assert reigns.epoch("r3", master("x", before="y"), [names("r3", 1), names("r3", 1)]) == 1


def test_a_primary_that_was_started_again_goes_on_in_the_reign_that_it_had() -> None:
    """With a snapshot it remembers its own history as the one before; without, it remembers none."""
    assert known().epoch("r1", master("d", before="a"), [names("r2", 2)] * 3) == 1
    assert known().epoch("r1", master("e"), [names("r2", 2)] * 3) == 1


def test_a_history_of_another_node_says_nothing_of_this_one() -> None:
    assert known().epoch("r2", master("b", before="a"), []) == UNKNOWN


def test_another_primary_is_one_whom_a_majority_names() -> None:
    assert named_elsewhere("r2", [names("r1", 3), names("r1", 3), names("r2", 4)]) == ("r1", 3)
    assert named_elsewhere("r2", [names("r1", 3), names("r3", 3)]) == ("", UNKNOWN)
    assert named_elsewhere("r1", [names("r1", 3)] * 3) == ("", UNKNOWN)
