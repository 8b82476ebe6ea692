from __future__ import annotations

import pytest

from targets.reference.machines.data_node.primary.business import KEY, Business


def begun() -> Business:
    """Its mark is durable and acknowledged."""
    business = Business(canary_s=1.0)
    business.begin(10.0)
    business.durable(10.01, everything=True)
    business.acknowledged(10.01, 1, reads="")
    return business


def test_a_disk_with_nothing_to_do_is_not_stuck() -> None:
    assert begun().stuck_s(99.0) == 0.0


def test_a_disk_that_finishes_nothing_is_stuck_since_the_first_record_that_it_was_given() -> None:
    business = begun()
    business.appended(11.0)
    business.appended(11.3)
    assert business.stuck_s(11.5) == pytest.approx(0.5)


def test_a_slow_disk_that_finishes_something_is_not_stuck() -> None:
    business = begun()
    business.appended(11.0)
    business.durable(11.4, everything=False)
    assert business.stuck_s(11.5) == pytest.approx(0.1)
    business.durable(11.6, everything=True)
    assert business.stuck_s(99.0) == 0.0


def test_the_mark_itself_shows_a_disk_that_was_stuck_from_the_beginning() -> None:
    business = Business(canary_s=1.0)
    business.begin(10.0)
    assert business.stuck_s(10.4) == pytest.approx(0.4)


def test_a_canary_is_due_only_where_nothing_was_acknowledged_for_long() -> None:
    business = begun()
    assert not business.due(11.0) and business.due(11.01)
    business.acknowledged(11.0, 2, reads="")
    assert not business.due(11.5)


def test_one_canary_at_a_time_in_a_key_space_that_no_client_has() -> None:
    business = begun()
    canary = business.canary(3, 2)
    assert (canary.key, canary.value, canary.position) == (KEY, "canary.3.1", 2)
    assert not business.due(99.0)
    business.acknowledged(99.0, 1, reads="")
    assert not business.due(199.0), "another record's acknowledgement is not its own"
    business.acknowledged(99.0, 2, reads="canary.3.1")
    assert business.due(100.0) and business.stuck_s(100.0) == 0.0


def test_a_canary_that_reads_back_as_something_else_is_an_illness_until_one_reads_well() -> None:
    business = begun()
    business.canary(3, 2)
    business.acknowledged(12.0, 2, reads="canary.2.9")
    assert business.stuck_s(12.5) == pytest.approx(0.5)
    business.canary(3, 3)
    business.acknowledged(13.0, 3, reads="canary.3.2")
    assert business.stuck_s(13.5) == 0.0


def test_a_canary_that_waits_for_a_standby_is_no_illness() -> None:
    business = begun()
    business.canary(3, 2)
    business.appended(12.0)
    business.durable(12.01, everything=True)
    assert business.stuck_s(99.0) == 0.0
