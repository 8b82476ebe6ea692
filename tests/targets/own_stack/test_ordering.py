"""Orders as the stack file words them: where they run, and what is said where they are not carried out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.model.errors import TargetError, WorldError
from harness.seams import NOT_RUN
from targets.own_stack.ordering import Orders
from tests.stackfile.written import GOOD, stack

ORDERS = (
    "orders: {promote: [promote, '{to}'], switchover: [move, '{primary}', '{to}'], "
    "rejoin: [follow, '{primary}']}"
)


class Terminal:
    """Runs nothing: says what it was told to say."""

    def __init__(self, code: int = 0, said: str = "first\nlast\n") -> None:
        self.code, self.said = code, said
        self.ran: list[tuple[str, tuple[str, ...]]] = []

    def __call__(self, host: str, words: Sequence[str], within_s: float) -> tuple[int, str]:
        self.ran.append((host, tuple(words)))
        return self.code, self.said


def orders(folder: Path, terminal: Terminal, written: str = ORDERS) -> Orders:
    return Orders(stack(folder, GOOD.replace("primary:", f"{written}\nprimary:", 1)), terminal)


def test_a_promotion_runs_where_it_was_ordered_and_a_move_in_the_primary(tmp_path: Path) -> None:
    terminal = Terminal()
    by = orders(tmp_path, terminal)
    assert by.carry_out("promote", "db2", primary="db1") == "`promote db2` in db2: last"
    by.carry_out("switchover", "db2", primary="db1")
    by.carry_out("rejoin", "db1", primary="db2")
    assert terminal.ran == [
        ("db2", ("promote", "db2")),
        ("db1", ("move", "db1", "db2")),
        ("db1", ("follow", "db2")),
    ]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (3, "`promote db2` ended with 3 in db2: last; mend the command, or have it end with 0"),
        (127, "`promote db2` ended with 127 in db2: last; name a program that the image of db2 holds"),
        (124, "`promote db2` did not end within 30 s in db2: last; mend"),
        (NOT_RUN, "`promote db2` was not run in db2: last; the service db2 has to run then: order it later"),
    ],
)
def test_an_order_that_fails_names_its_line_the_service_and_the_fix(
    tmp_path: Path, code: int, told: str
) -> None:
    """And is no refusal of the stack's: it proves nothing."""
    with pytest.raises(WorldError) as raised:
        orders(tmp_path, Terminal(code)).carry_out("promote", "db2", primary="db1")
    line = (
        GOOD.splitlines().index(next(line for line in GOOD.splitlines() if line.startswith("primary:"))) + 1
    )
    assert f"{raised.value}".startswith(f"{tmp_path / 'stack.yaml'}:{line}: orders.promote: {told}")


def test_a_command_that_said_nothing_is_said_to_have(tmp_path: Path) -> None:
    told = orders(tmp_path, Terminal(said=" \n")).carry_out("promote", "db2", primary="")
    assert told.endswith("in db2: it said nothing")


def test_nobody_is_made_to_follow_himself_or_nobody(tmp_path: Path) -> None:
    """As when a promotion before it came to nothing."""
    terminal = Terminal()
    by = orders(tmp_path, terminal)
    with pytest.raises(WorldError, match="db1 is the primary itself"):
        by.carry_out("rejoin", "db1", primary="db1")
    with pytest.raises(WorldError, match="no primary was seen yet"):
        by.carry_out("switchover", "db2", primary="")
    assert terminal.ran == []


def test_what_is_not_written_is_not_offered(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"orders\.rejoin is not written"):
        orders(tmp_path, Terminal(), "orders: {promote: [p]}").carry_out("rejoin", "db2", primary="db1")
