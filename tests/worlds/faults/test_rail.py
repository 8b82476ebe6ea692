"""The switches as the harness has them, and its end of the rail; power itself is a double."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from harness.model.errors import WorldError
from harness.model.event import Event, Powered
from harness.model.fault import SwitchMode
from harness.seams import PowerOrder, PowerState
from harness.worlds.faults import rail
from harness.worlds.faults.rail import Rail, Switches

PATIENCE_S = 5.0


class Board:
    """n1's switch. did: what was done to its power; it is done once `may` is set."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.ills: dict[str, SwitchMode] = {}
        self.told: list[Event] = []
        self.broken: list[BaseException] = []
        self.may, self.happened = threading.Event(), threading.Event()
        self.fails = False
        self.may.set()
        self.switches = Switches(
            {"n1": "fence"},
            self,
            ills=lambda: self.ills,
            emit=self._tell,
            broke=self._broke,
            now_s=lambda: 1.5,
        )

    def power_off(self, host: str) -> str:
        return self._do(f"off {host}")

    def power_on(self, host: str) -> str:
        return self._do(f"on {host}")

    def _do(self, what: str) -> str:
        assert self.may.wait(PATIENCE_S)
        if self.fails:
            raise WorldError("it did not")
        self.did.append(what)
        return what

    def _tell(self, event: Event) -> None:
        self.told.append(event)
        self.happened.set()

    def _broke(self, error: BaseException) -> None:
        self.broken.append(error)
        self.happened.set()

    def ask(self, order: PowerOrder) -> PowerState:
        return self.switches.ask("n1", order)

    def wait(self) -> None:
        assert self.happened.wait(PATIENCE_S)
        self.happened.clear()


@pytest.fixture
def board() -> Iterator[Board]:
    made = Board()
    yield made
    made.may.set()
    made.switches.close()


def test_off_is_said_only_once_it_was_done(board: Board) -> None:
    board.may.clear()
    assert board.ask("ForceOff") == "PoweringOff" == board.ask("read") and not board.did
    board.may.set()
    board.wait()
    board.switches.close()
    assert board.ask("read") == "Off" and board.did == ["off n1"]
    assert board.told == [Powered(at_s=1.5, host="n1", state="off", by="fence", detail="off n1")]


def test_on_is_done_and_told_too_and_once(board: Board) -> None:
    board.ask("ForceOff")
    board.wait()
    board.ask("On")
    board.wait()
    board.switches.close()
    assert board.ask("read") == "On" and board.did == ["off n1", "on n1"]


def test_what_stands_as_it_is_ordered_to_is_left_alone(board: Board) -> None:
    assert board.ask("On") == "On"
    board.switches.close()
    assert not board.did


def test_a_switch_that_lies_says_what_it_was_told_until_it_is_mended(board: Board) -> None:
    board.ills = {"n1": "lies"}
    assert board.ask("ForceOff") == "Off" == board.ask("read")
    board.ills = {}
    assert board.ask("read") == "On"
    board.switches.close()
    assert not board.did


def test_a_switch_that_is_stuck_says_so(board: Board) -> None:
    board.ills = {"n1": "stuck"}
    assert board.ask("ForceOff") == "On"
    board.switches.close()
    assert not board.did


def test_an_order_to_a_slow_switch_that_is_overtaken_is_not_carried_out(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rail, "SLOW_SWITCH_S", 0.05)
    board.ills = {"n1": "slow"}
    assert board.ask("ForceOff") == "PoweringOff" and board.ask("On") == "PoweringOn"
    deadline_s = time.monotonic() + PATIENCE_S
    while board.ask("read") != "On" and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert board.ask("read") == "On" and not board.did and not board.told


def test_power_that_could_not_be_cut_breaks_the_world_and_is_not_off(board: Board) -> None:
    board.fails = True
    board.ask("ForceOff")
    board.wait()
    assert "it did not" in str(board.broken[0]) and board.ask("read") == "PoweringOff"


def test_a_host_without_a_switch_is_an_error(board: Board) -> None:
    with pytest.raises(WorldError, match="w1 has no power switch"):
        board.switches.ask("w1", "read")


def test_each_line_is_answered_by_its_number_and_nonsense_too(board: Board) -> None:
    ours, theirs = socket.socketpair()
    end = Rail(ours, board.switches)
    lines = theirs.makefile("rb")
    asked = (
        ({"id": 4, "host": "n1", "order": "read"}, {"id": 4, "state": "On"}),
        ({"id": 5, "host": "x", "order": "read"}, {"id": 5, "error": "x has no power switch"}),
    )
    for question, answer in asked:
        theirs.sendall(json.dumps(question).encode() + b"\n")
        assert json.loads(lines.readline()) == answer
    theirs.sendall(b"nonsense\n")
    assert "error" in json.loads(lines.readline())
    end.close()
    lines.close()
    theirs.close()
