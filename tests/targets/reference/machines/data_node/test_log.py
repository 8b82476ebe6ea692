import random

import pytest

from targets.reference.machines.data_node.log import Log
from targets.reference.machines.words.messages import Place, Record
from tests.targets.reference.machines.playbook import record


def log(*epochs: int) -> Log:
    """One record of each epoch named, in order."""
    return Log(record(epoch, position) for position, epoch in enumerate(epochs, start=1))


def test_an_empty_log_ends_before_the_first_record() -> None:
    given = log()
    assert given.last == Place() and given.history == ()
    assert given.holds(Place()) and not given.holds(Place(1, 1))


def test_a_record_is_held_under_its_whole_name_only() -> None:
    given = log(1, 1, 3)
    assert given.holds(Place(3, 3)) and given.holds(Place(1, 2))
    assert not given.holds(Place(1, 3)) and not given.holds(Place(3, 4)) and not given.holds(Place(2, 2))


def test_its_history_names_the_last_place_of_each_epoch() -> None:
    assert log(1, 1, 3, 3, 3).history == (Place(1, 2), Place(3, 5))


def test_the_last_common_place_of_two_logs_is_where_they_part() -> None:
    assert log(1, 1, 1).common(log(1, 1, 2).history) == Place(1, 2)
    assert log(1, 1, 3).common(log(1, 1, 1, 2).history) == Place(1, 2)
    assert log(1, 2).common(log(1, 2, 2, 2).history) == Place(2, 2)
    assert log(2).common(log(1).history) == Place()
    assert log().common(log(1).history) == Place()


def test_a_truncated_log_knows_its_last_place_and_history_again() -> None:
    for after, history in ((3, (Place(1, 2), Place(2, 3))), (1, (Place(1, 1),)), (0, ())):
        given = log(1, 1, 2, 3)
        given.truncate(after)
        assert given.history == history
        assert given.last == (history[-1] if history else Place())


def test_positions_have_no_gap() -> None:
    with pytest.raises(AssertionError):
        log(1).append([record(1, 3)])


def test_records_after_a_position_come_in_batches() -> None:
    given = log(1, 1, 1, 1)
    assert [r.position for r in given.after(1, at_most=2)] == [2, 3]
    assert given.after(4, at_most=2) == ()


def test_any_series_of_appends_and_truncations_leaves_the_log_that_a_plain_list_is() -> None:
    draw = random.Random(7)
    for _ in range(200):
        given, plain, epoch = Log([]), list[Record](), 1
        for _ in range(30):
            if draw.random() < 0.3:
                after = draw.randint(0, len(plain))
                given.truncate(after)
                del plain[after:]
                epoch += 1
            else:
                plain.append(record(epoch, len(plain) + 1))
                given.append(plain[-1:])
        assert given.upto(len(plain)) == plain
        assert given.history == Log(plain).history
