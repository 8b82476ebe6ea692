from __future__ import annotations

from harness.checkers.linear.zones import conflict


def test_forward_zones_may_touch_and_must_not_overlap() -> None:
    assert conflict([(0, 2, "a"), (2, 4, "b")]) is None
    assert conflict([(0, 2, "a"), (1, 4, "b")]) == ("a", "b")
    assert conflict([(0, 9, "a"), (1, 2, "b")]) == ("a", "b")
    assert conflict([(0, 1, "a"), (0, 1, "b")]) == ("a", "b")


def test_a_backward_zone_must_not_lie_inside_of_a_forward_one() -> None:
    assert conflict([(0, 9, "a"), (3, 2, "b")]) == ("a", "b")
    assert conflict([(0, 9, "a"), (9, 2, "b")]) is None
    assert conflict([(0, 9, "a"), (3, 0, "b")]) is None
    assert conflict([(0, 9, "a"), (12, 9, "b")]) is None


def test_the_forward_zone_that_ends_last_is_the_one_to_look_at() -> None:
    assert conflict([(0, 1, "a"), (2, 3, "b"), (4, 9, "c"), (6, 5, "d")]) == ("c", "d")


def test_backward_zones_never_conflict() -> None:
    assert conflict([(5, 1, "a"), (6, 2, "b"), (5, 5, "c")]) is None
