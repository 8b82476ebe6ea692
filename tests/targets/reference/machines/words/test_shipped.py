from __future__ import annotations

from targets.reference.defects import COLD_WITHOUT_ITS_LOG
from targets.reference.machines.words.messages import Place
from targets.reference.machines.words.shipped import restored
from tests.targets.reference.machines.playbook import record

SHIPPED = (record(1, 3), record(1, 4), record(2, 5))


def test_what_was_shipped_goes_on_where_the_log_ends() -> None:
    assert restored(Place(1, 2), SHIPPED, frozenset()) == SHIPPED


def test_what_the_log_holds_already_is_not_taken_twice() -> None:
    assert restored(Place(1, 4), SHIPPED, frozenset()) == (record(2, 5),)
    assert restored(Place(2, 5), SHIPPED, frozenset()) == ()


def test_behind_a_gap_or_under_a_newer_epoch_nothing_is_taken() -> None:
    assert restored(Place(1, 1), SHIPPED, frozenset()) == ()
    assert restored(Place(3, 4), SHIPPED, frozenset()) == ()


def test_with_its_defect_nothing_is_taken_at_all() -> None:
    assert restored(Place(1, 2), SHIPPED, frozenset({COLD_WITHOUT_ITS_LOG})) == ()
