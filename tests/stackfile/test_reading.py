"""A stack file is read as strictly as a drill: every wrong word has its line, its field and the fix."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.errors import DrillError
from harness.model.ownstack import AskRole, HttpCall, Login, Orders, OwnHost, Speaks
from harness.stackfile import is_stack_file, read
from tests.stackfile.written import GOOD, stack, with_line


def refused(folder: Path, text: str) -> DrillError:
    with pytest.raises(DrillError) as raised:
        stack(folder, text)
    error = raised.value
    assert error.path == f"{folder / 'stack.yaml'}"
    return error


@pytest.mark.parametrize("name", ["mysql", "MongoDB"])
def test_software_that_no_driver_speaks_is_told_what_can_be_done(tmp_path: Path, name: str) -> None:
    with pytest.raises(
        DrillError, match=f"there is no driver for {name}; let `http` speak to a small service"
    ):
        stack(tmp_path, with_line("load", f"load: {{driver: {name}}}"))


def test_it_says_which_services_are_hosts_and_how_they_are_spoken_to(tmp_path: Path) -> None:
    own = stack(tmp_path)
    assert own.name == "my-pair"
    assert own.hosts == (
        OwnHost(service="db1", role="data", ports=(6379,)),
        OwnHost(service="db2", role="data", ports=(6379, 8008)),
    )
    assert (own.ask, own.speaks) == (AskRole(by="redis"), Speaks(by="redis"))
    assert (own.detection_s, own.login, own.orders, own.images) == (10.0, Login(), Orders(), {})
    assert own.lines["hosts.db2"] == 5


def test_a_password_is_named_by_where_it_lies(tmp_path: Path) -> None:
    own = stack(tmp_path, with_line("login", "login: {user: app, password: {env: DB_PASSWORD}}"))
    assert own.login == Login(user="app", password_env="DB_PASSWORD")
    error = refused(tmp_path, with_line("login", "login: {user: app, password: hunter2}"))
    assert error.field == "login.password"
    assert "never written here" in error.problem
    assert "hunter2" not in str(error)


def test_requests_and_commands_are_written_out(tmp_path: Path) -> None:
    line = (
        "load: {driver: http, write: {method: PUT, path: '/{key}', body: '{value}'}, read: {path: '/{key}'}, "
    )
    own = stack(tmp_path, with_line("load", line + "all: {path: /all, field: values}, refused: [409, 503]}"))
    assert own.speaks.write == HttpCall(method="PUT", path="/{key}", body="{value}")
    assert own.speaks.all == HttpCall(path="/all", field="values")
    assert own.speaks.refused == (409, 503)
    line = "load: {driver: command, write: [put, '{key}', '{value}'], read: [get], all: [list], refused: 3}"
    own = stack(tmp_path, with_line("load", line))
    assert own.speaks.write_command == ("put", "{key}", "{value}")
    assert own.speaks.refused == (3,)


def test_orders_are_commands_that_a_person_would_type(tmp_path: Path) -> None:
    own = stack(tmp_path, with_line("orders", "orders: {promote: [redis-cli, replicaof, 'no', one]}"))
    assert own.orders == Orders(promote=("redis-cli", "replicaof", "no", "one"))


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        (with_line("detection", "detection: {within: TODO}"), 8, "detection.within", "still to be said"),
        (with_line("TODO", "TODO: 1"), 9, "TODO", "still to be said"),
        (with_line("primary", "primary: {ask: rediss}"), 8, "primary.ask", "did you mean 'redis'?"),
        (with_line("primary", "primary: {ask: redis, path: /x}"), 8, "primary.path", "leave it out"),
        (with_line("primary", "primary: {ask: http}"), 8, "primary", "needs the word 'path'"),
        (
            with_line("primary", "primary: {ask: http, path: x}"),
            8,
            "primary.path",
            "write it from the first /",
        ),
        (
            with_line("primary", "primary: {ask: http, path: /, field: a}"),
            8,
            "primary",
            "Write `is: primary`",
        ),
        (
            with_line("primary", "primary: {ask: command, command: role}"),
            8,
            "primary.command",
            "list of words",
        ),
        (with_line("load", "load: {driver: http}"), 8, "load", "needs the word 'write'"),
        (with_line("load", "load: {driver: redis, refused: [1]}"), 8, "load.refused", "no use for it"),
        (
            with_line("load", "load: {driver: http, write: [a], read: [b], all: [c]}"),
            8,
            "load.write",
            "of 'http' it is a request",
        ),
        (
            GOOD.replace("role: data, ports: [6379]}", "role: dta, ports: [6379]}", 1),
            4,
            "hosts.db1.role",
            "'data'?",
        ),
        (
            GOOD.replace("db1: {role: data, ports: [6379]}", "db1: {role: data}"),
            4,
            "hosts.db1",
            "needs its ports",
        ),
        (GOOD.replace("[6379]", "[0]"), 4, "hosts.db1.ports[0]", "no whole number from 1 to 65535"),
        (GOOD.replace("db2: {role: data", "db2: {role: other"), 4, "hosts", "a failover needs 2 hosts"),
        (GOOD.replace("within: 10s", "within: 10"), 8, "detection.within", "write 10s"),
        (with_line("login", "login: {password: {}}"), 9, "login.password", "write one of"),
        (
            with_line("load", "load: {driver: redis, port: 7000}"),
            8,
            "load",
            "port 7000 is not among the ports of 'db1'",
        ),
        (with_line("orders", "orders: {promot: [a]}"), 9, "orders.promot", "did you mean 'promote'?"),
        ("a: [1\n", 1, "", "without its ']'"),
        ("", 0, "", "failover-drill init"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_the_fix(
    text: str, line: int, field: str, says: str, tmp_path: Path
) -> None:
    error = refused(tmp_path, text)
    assert (error.line, error.field) == (line, field)
    assert says in error.problem


def test_a_file_that_is_not_there_is_told_by_its_path() -> None:
    with pytest.raises(DrillError, match=r"^\./nowhere\.yaml: cannot be read: No such file"):
        read("./nowhere.yaml")


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("stack.yaml", True),
        ("./stack", True),
        ("a/b.yml", True),
        ("reference", False),
        ("redis-sentinel", False),
    ],
)
def test_a_path_is_told_from_a_target_s_name(name: str, is_one: bool) -> None:
    assert is_stack_file(name) is is_one


@given(st.text(alphabet="ab:{}[],'\"-# \n\tTODO069", max_size=200))
def test_any_text_is_a_stack_or_one_message(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        stack(folder, text)
    except DrillError as error:
        assert error.problem and "\n" not in error.problem


@given(st.integers(0, len(GOOD)), st.integers(0, 30), st.text(alphabet="a1:{}[],'\n ", max_size=8))
def test_a_damaged_stack_file_is_one_message_too(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, put: str
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    try:
        stack(folder, GOOD[:at] + put + GOOD[at + cut :])
    except DrillError as error:
        assert error.problem and "\n" not in error.problem
