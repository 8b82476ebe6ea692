from __future__ import annotations

import pytest

from harness.histories import porcupine_kv
from harness.model.errors import DrillError


def line(type_: str, f: str = ":put", value: str = '"v"', key: str = '"k"', process: int = 0) -> str:
    return f"{{:process {process}, :type {type_}, :f {f}, :key {key}, :value {value}}}\n"


def wrong(text: str) -> str:
    with pytest.raises(DrillError) as caught:
        porcupine_kv.read(text, "x.txt")
    return str(caught.value)


def test_every_key_has_its_operations() -> None:
    told = line(":invoke") + line(":invoke", ":get", "nil", '"other"', 1) + line(":ok")
    read = porcupine_kv.read(told + line(":ok", ":get", '"w"', '"other"', 1), "x")
    assert [(op.kind, op.value, op.call_s, op.ret_s) for op in read.objects["k"]] == [("write", "v", 1, 3)]
    assert [(op.kind, op.value, op.call_s, op.ret_s) for op in read.objects["other"]] == [("read", "w", 2, 4)]
    assert read.processes == 2


def test_words_may_stand_in_any_order_and_strings_may_hold_anything() -> None:
    told = '{:value "a \\"b\\", {c}" :key "0",:f :append, :type :invoke :process 3}\n'
    (op,) = porcupine_kv.read(told, "x").objects["0"]
    assert (op.kind, op.value, op.outcome) == ("append", 'a "b", {c}', "unknown")


def test_what_failed_did_not_happen_and_info_may_have() -> None:
    read = porcupine_kv.read(line(":invoke") + line(":fail") + line(":invoke") + line(":info"), "x")
    assert [op.outcome for op in read.objects["k"]] == ["fail", "unknown"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("INFO\n", "x.txt:1: a line is one EDN map, {:process 0, :type :invoke,"),
        (line(":invoke", ":del"), "x.txt:1: unknown :f :del; choose :get, :put or :append"),
        (line(":begin"), "x.txt:1: unknown :type :begin; choose :invoke, :ok, :fail or :info"),
        (line(":invoke", value="3"), 'x.txt:1: :value 3 is no string; write :value "…"'),
        (line(":invoke", key="7"), 'x.txt:1: :key 7 is no string; write :key "…"'),
        (line(":invoke", value='"\\q"'), 'x.txt:1: :value "\\q" has an escape that is not known'),
        ("{:process 0, :type :invoke}\n", "x.txt:1: :f is missing; write {:process 0"),
        (line(":invoke").replace("0,", "0 1,"), "x.txt:1: "),
        (line(":invoke", value="[1]"), "x.txt:1: '[1]}' is not understood"),
        (line(":invoke") + line(":ok", key='"x"'), "x.txt:2: process 0 completes :put of key x, but invoked"),
    ],
)
def test_a_wrong_line_is_told_with_path_line_and_fix(text: str, said: str) -> None:
    assert wrong(text).startswith(said)
