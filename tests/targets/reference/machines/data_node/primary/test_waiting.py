from targets.reference.machines.data_node.primary.waiting import Waiting, WaitingWrites


def writes(*positions: int) -> WaitingWrites:
    waiting = WaitingWrites()
    for position in positions:
        waiting.add(10.0 + position, position, f"c{position}", position)
    return waiting


def test_what_is_taken_waits_no_more_and_comes_in_the_order_of_the_log() -> None:
    waiting = writes(2, 3, 5)
    assert [write.request for write in waiting.take(4)] == [2, 3]
    assert waiting.take(4) == []
    assert waiting.take_all() == [Waiting("c5", 5, 15.0)]
    assert waiting.take_all() == []


def test_it_has_a_limit() -> None:
    assert not writes(*range(9_999)).full and writes(*range(10_000)).full


def test_the_oldest_ones_wait_is_worth_one_complaint() -> None:
    waiting = writes(1, 5)
    assert not waiting.complaint_due(11.9, after_s=1.0)
    assert waiting.complaint_due(12.0, after_s=1.0) and not waiting.complaint_due(13.0, after_s=1.0)
    waiting.take(1)
    assert not waiting.complaint_due(15.9, after_s=1.0) and waiting.complaint_due(16.0, after_s=1.0)


def test_where_nothing_waits_nobody_complains() -> None:
    assert not writes().complaint_due(99.0, after_s=1.0)
