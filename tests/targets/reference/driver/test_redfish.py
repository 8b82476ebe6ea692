from __future__ import annotations

import pytest

from targets.reference.driver import redfish
from targets.reference.driver.redfish import Request, Response, Wanted
from targets.reference.machines.words.grammar import AskPower, PowerAnswered, PowerOrder

N1 = "/redfish/v1/Systems/n1"
RESET = f"{N1}/Actions/ComputerSystem.Reset"


def wanted(method: str, path: str, body: bytes = b"", *, token: str = "t") -> Wanted | Response:
    return redfish.wanted(Request(method, path, token, body), token="t", nodes=("n1", "n2"))


def status(answer: Wanted | Response) -> int:
    assert isinstance(answer, Response)
    return answer.status


@pytest.mark.parametrize("order", ["ForceOff", "On", "read"])
def test_what_a_controller_asks_is_what_the_device_understands(order: PowerOrder) -> None:
    asked = redfish.request(AskPower(1, "n1", order), "t")
    assert redfish.wanted(asked, token="t", nodes=("n1",)) == Wanted("n1", order)


@pytest.mark.parametrize("token", ["", "T", "t ", "another", "ü"])
def test_a_wrong_token_gets_nothing_whatever_it_asks(token: str) -> None:
    for method, path in (("GET", N1), ("POST", RESET), ("GET", "/elsewhere")):
        assert status(wanted(method, path, b'{"ResetType": "ForceOff"}', token=token)) == 401


def test_a_device_without_a_token_lets_nobody_in() -> None:
    assert status(redfish.wanted(Request("GET", N1, ""), token="", nodes=("n1",))) == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "/redfish/v1/Systems/w1", b"", 404),
        ("GET", "n1", b"", 404),
        ("GET", "/", b"", 404),
        ("POST", N1, b"", 405),
        ("GET", RESET, b"", 405),
        ("DELETE", N1, b"", 405),
        ("POST", RESET, b"", 400),
        ("POST", RESET, b'{"ResetType": "Nmi"}', 400),
        ("POST", RESET, b'{"ResetType": 1}', 400),
        ("POST", RESET, b"\xff", 400),
    ],
)
def test_what_it_has_not_or_does_not_understand_it_says(
    method: str, path: str, body: bytes, code: int
) -> None:
    assert status(wanted(method, path, body)) == code


def test_only_a_state_that_was_read_counts_as_one() -> None:
    off, read = AskPower(3, "n1", "ForceOff"), AskPower(4, "n1", "read")
    assert redfish.answered(off, redfish.done(Wanted("n1", "ForceOff"), "Off")).state == "PoweringOff"
    assert redfish.answered(read, redfish.done(Wanted("n1", "read"), "Off")) == PowerAnswered(4, "n1", "Off")


@pytest.mark.parametrize(
    "response",
    [
        Response(204),
        Response(401),
        Response(502),
        Response(200, b""),
        Response(200, b"{}"),
        Response(200, b'{"Id": "n2", "PowerState": "Off"}'),
        Response(200, b'{"Id": "n1", "PowerState": "off"}'),
    ],
)
def test_an_answer_that_is_none_says_nothing_of_the_power(response: Response) -> None:
    answer = redfish.answered(AskPower(4, "n1", "read"), response)
    assert answer.state == "unknown" and answer.detail
