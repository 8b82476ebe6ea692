from targets.reference.machines.data_node.log import Log
from targets.reference.machines.data_node.own import Own, Table
from targets.reference.machines.words.grammar import Append, NodeState, Persist, Truncate
from targets.reference.machines.words.messages import Place, Record
from tests.targets.reference.machines.playbook import SETTINGS, A, record, state


def own(*records: Record, sealed: int = 0) -> Own:
    return Own("n1", SETTINGS, state(A, sealed), records, 7, frozenset())


def test_a_log_that_holds_an_epoch_takes_no_older_one_any_more() -> None:
    assert own(record(1, 1), record(3, 2)).sealed == 3
    assert own(record(1, 1), sealed=4).sealed == 4


def test_a_seal_is_durable_and_never_lowered() -> None:
    given = own(sealed=2)
    assert given.seal(3) == [Persist(NodeState(identity="a", sealed=3))]
    assert given.seal(3) == [] and given.seal(1) == []
    assert given.sealed == 3


def test_what_was_appended_is_durable_only_when_the_disk_says_so() -> None:
    given = own(record(1, 1))
    assert given.append((record(1, 2),)) == [Append((record(1, 2),))]
    assert given.durable == Place(1, 1)
    given.wrote(Place(1, 2))
    assert given.durable == Place(1, 2)


def test_what_was_truncated_is_durable_no_more() -> None:
    given = own(record(1, 1), record(1, 2), record(1, 3))
    assert given.truncate(1, "why") == [Truncate(1, "why")]
    assert given.durable == Place(1, 1)


def test_a_word_about_records_that_were_dropped_since_is_void() -> None:
    given = own(record(1, 1))
    given.append((record(1, 2),))
    given.truncate(1, "why")
    given.append((record(2, 2),))
    given.wrote(Place(1, 2))
    assert given.durable == Place(1, 1)
    given.wrote(Place(2, 2))
    assert given.durable == Place(2, 2)


def test_a_table_says_what_was_applied_and_nothing_newer() -> None:
    log, table = Log([Record(1, 1, "k", "old"), Record(1, 2, "k", "new")]), Table()
    table.apply(log, 1)
    assert table.value("k") == "old" and table.value("other") == ""
    table.apply(log, 2)
    table.apply(log, 1)
    assert table.value("k") == "new"


def test_a_table_forgets_what_the_log_has_lost() -> None:
    log, table = Log([Record(1, 1, "k", "kept"), Record(1, 2, "k", "lost")]), Table()
    table.apply(log, 2)
    log.truncate(1)
    table.cut(1)
    assert table.value("k") == ""
    log.append([Record(2, 2, "other", "v")])
    table.apply(log, 2)
    assert table.value("k") == "kept"
