from __future__ import annotations

import pytest

from harness.histories import jepsen_etcd
from harness.model.errors import DrillError


def log(*lines: str) -> str:
    return "".join(f"INFO  jepsen.util - {line}\n" for line in lines)


def read(*lines: str) -> list[tuple[object, ...]]:
    objects = jepsen_etcd.read(log(*lines), "x.log").objects
    return [(op.kind, op.value, op.outcome, op.call_s, op.ret_s) for op in objects[""]]


def wrong(text: str) -> str:
    with pytest.raises(DrillError) as caught:
        jepsen_etcd.read(text, "x.log")
    return str(caught.value)


def test_a_read_holds_what_its_completion_says() -> None:
    assert read("0 :invoke :read nil", "0 :ok :read 3") == [("read", 3, "ok", 1, 2)]
    assert read("0 :invoke :read nil", "0 :ok :read nil") == [("read", None, "ok", 1, 2)]


def test_a_compare_and_set_that_failed_found_another_value() -> None:
    objects = jepsen_etcd.read(log("0 :invoke :cas [3 0]", "0 :fail :cas [3 0]"), "x").objects
    (op,) = objects[""]
    assert (op.kind, op.expected, op.outcome) == ("missed", 3, "ok")


def test_a_write_that_failed_certainly_did_not_happen() -> None:
    assert read("0 :invoke :write 3", "0 :fail :write :timed-out")[0][2] == "fail"


def test_what_timed_out_or_never_ended_may_have_happened() -> None:
    told = read("0 :invoke :write 3", "1 :invoke :cas [3 4]", "0 :info :write :timed-out")
    assert told == [("write", 3, "unknown", 1, None), ("cas", 4, "unknown", 2, None)]


def test_lines_of_other_loggers_and_of_the_nemesis_are_no_operations() -> None:
    text = "INFO  jepsen.core - Everything set up\nINFO  jepsen.util - :nemesis\t:info\t:start\tnil\n\n"
    assert jepsen_etcd.read(text + log("0 :invoke :read nil", "0 :ok :read 3"), "x").operations == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello\n", "x.log:1: this is no line of jepsen.util; one reads `INFO  jepsen.util - 0"),
        (log("0 :invoke :delete 3"), "x.log:1: this is no line of jepsen.util"),
        (log("0 :invoke :cas 3"), "x.log:1: '3' is no pair; write :cas [old new]"),
        (log("0 :invoke :write three"), "x.log:1: 'three' is no value of this register"),
        (
            log("0 :invoke :read nil", "0 :ok :write 3"),
            "x.log:2: process 0 completes :write, but invoked :read in line 1; a process does ",
        ),
        (
            log("0 :invoke :read nil", "0 :invoke :read nil"),
            "x.log:2: process 0 still has its :read of line 1 open",
        ),
        (
            log("1 :ok :read 3"),
            "x.log:1: process 1 completes :read, but has nothing open; the file may have been cut",
        ),
        ("\n\n", "x.log: there is no operation in it; name a file of this format, or another --format"),
    ],
)
def test_a_wrong_line_is_told_with_path_line_and_fix(text: str, said: str) -> None:
    assert wrong(text).startswith(said)
