"""What the data node asks of the router, in virtual time, and what it tells about it."""

from __future__ import annotations

import pytest

from harness.seams import Wire
from targets.reference.driver.surroundings import PEER_PORT, ROUTER_ADMIN_PORT
from targets.reference.driver.wire import Hello
from targets.reference.machines.words.grammar import Alert, LetGo, Redirect, Tell, Validate
from targets.reference.machines.words.messages import Read, Reply, Write
from targets.reference.settings import Settings
from targets.reference.simulated.moves import Moves
from targets.reference.simulated.router import CutOthers, Done, Move
from tests.worlds.simulator.kernels import Lab


class Behind:
    """The router and a primary behind it, in one. good: whether operations succeed."""

    def __init__(self, lab: Lab) -> None:
        self.orders: list[object] = []
        self.good, self._value = True, ""
        self._process = lab.processes["router"]
        self._process.listen(PEER_PORT, self._greet)

    def obey(self) -> None:
        self._process.listen(ROUTER_ADMIN_PORT, lambda wire: self)

    def _greet(self, wire: Wire) -> Behind:
        wire.send(Hello("n2"))
        return self

    def made(self, wire: Wire) -> None: ...

    def received(self, wire: Wire, message: object) -> None:
        match message:
            case Move() | CutOthers():
                self.orders.append(message)
                wire.send(Done())
            case Write(request=request, value=value) if self.good:
                self._value = value
                wire.send(Reply(request, "ok", "n2", 2))
            case Write(request=request):
                wire.send(Reply(request, "fail", "n2", 2, error="not primary"))
            case Read(request=request):
                wire.send(Reply(request, "ok", "n2", 2, value=self._value))

    def lost(self, wire: Wire) -> None: ...


class Desk:
    def __init__(self) -> None:
        self.lab = Lab("n2", "router")
        self.router = Behind(self.lab)
        self.told: list[Tell | Alert] = []
        self.serves = True
        self.moves = Moves(
            self.lab.processes["n2"], Settings(), serving=lambda: self.serves, tell=self.told.append
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_it_moves_then_cuts_the_others_then_sends_a_canary(desk: Desk) -> None:
    desk.router.obey()
    desk.moves.take(Redirect("n2", 2))
    desk.moves.take(Validate(2, "n2"))
    desk.lab.run(0.1)
    assert desk.router.orders == [Move("n2"), CutOthers("n2")]
    assert desk.told == [Tell("redirected", 2, "n2"), Tell("validated", 2, "n2")]


def test_a_router_that_is_away_is_asked_again(desk: Desk) -> None:
    desk.moves.take(Redirect("n2", 2))
    desk.lab.run(1.0)
    assert desk.told == []
    desk.router.obey()
    desk.lab.run(0.1)
    assert desk.told == [Tell("redirected", 2, "n2")]


def test_a_router_that_never_answers_calls_a_person(desk: Desk) -> None:
    desk.moves.take(Redirect("n2", 2))
    desk.lab.run(11.0)
    (alert,) = desk.told
    assert isinstance(alert, Alert)
    assert "could not be moved to n2" in alert.text


def test_a_newer_epoch_ends_the_attempts_of_an_older_one(desk: Desk) -> None:
    desk.moves.take(Redirect("n1", 2))
    desk.lab.run(1.0)
    desk.moves.take(Redirect("n2", 3))
    desk.moves.take(Redirect("n1", 1))
    desk.router.obey()
    desk.lab.run(0.2)
    assert desk.told == [Tell("redirected", 3, "n2")]
    assert desk.router.orders == [Move("n2"), CutOthers("n2")]


def test_who_reigns_no_more_lets_go_of_the_router(desk: Desk) -> None:
    desk.moves.take(Redirect("n2", 2))
    desk.moves.take(Validate(2, "n2"))
    desk.lab.run(1.0)
    desk.moves.let_go(LetGo(2))
    desk.router.obey()
    desk.lab.run(11.0)
    assert desk.told == [] and desk.router.orders == []
    desk.moves.take(Redirect("n2", 3))
    desk.lab.run(0.1)
    assert desk.told == [Tell("redirected", 3, "n2")]


def test_who_has_no_lease_does_not_move_the_router(desk: Desk) -> None:
    """It may have been frozen since it was promoted, and another one reigns meanwhile."""
    desk.serves = False
    desk.router.obey()
    desk.moves.take(Redirect("n2", 2))
    desk.lab.run(1.0)
    assert desk.told == [] and desk.router.orders == []
    desk.serves = True
    desk.lab.run(0.1)
    assert desk.told == [Tell("redirected", 2, "n2")]


def test_sessions_that_a_newer_primary_has_already_are_not_cut(desk: Desk) -> None:
    desk.router.obey()
    desk.moves.take(Redirect("n2", 2))
    while not desk.told:
        desk.lab.run(0.001)
    desk.moves.let_go(LetGo(2))
    desk.lab.run(1.0)
    assert desk.router.orders == [Move("n2")]


def test_a_canary_that_came_back_after_the_reign_validates_nothing(desk: Desk) -> None:
    desk.moves.take(Validate(2, "n2"))
    desk.lab.run(0.0005)
    desk.moves.let_go(LetGo(2))
    desk.lab.run(1.0)
    assert desk.told == []


def test_a_canary_that_fails_is_sent_again_and_then_calls_a_person(desk: Desk) -> None:
    desk.router.good = False
    desk.moves.take(Validate(2, "n2"))
    desk.lab.run(1.0)
    assert desk.told == []
    desk.lab.run(3.0)
    (alert,) = desk.told
    assert isinstance(alert, Alert)
    assert "fail not primary" in alert.text


def test_a_canary_succeeds_once_the_primary_does(desk: Desk) -> None:
    desk.router.good = False
    desk.moves.take(Validate(2, "n2"))
    desk.lab.run(1.0)
    desk.router.good = True
    desk.lab.run(0.1)
    assert desk.told == [Tell("validated", 2, "n2")]
