from __future__ import annotations

import pytest

from targets.reference.driver import http
from targets.reference.driver.redfish import Request, Response


def parted(message: bytes) -> tuple[bytes, bytes]:
    head, end, body = message.partition(http.END)
    return head + end, body


def test_a_request_and_an_answer_arrive_as_they_were_sent() -> None:
    asked = Request("POST", "/a/b", "t0ken", b'{"x": 1}')
    head, body = parted(http.request_bytes(asked, "fence"))
    assert http.request_of(head, body) == asked and http.body_bytes(head) == len(body)
    answer = Response(404, b"{}")
    head, body = parted(http.response_bytes(answer))
    assert http.response_of(head, body) == answer and http.body_bytes(head) == 2


def test_a_token_may_stand_behind_bearer() -> None:
    head = b"GET / HTTP/1.1\r\nauthorization: Bearer t0ken\r\n\r\n"
    assert http.request_of(head, b"").token == "t0ken"


@pytest.mark.parametrize(
    "head", [b"\r\n\r\n", b"GET\r\n\r\n", b"GET / SPDY/3\r\n\r\n", b"\x16\x03\x01 \x02 \x00\r\n\r\n"]
)
def test_what_is_not_http_is_an_error(head: bytes) -> None:
    with pytest.raises(ValueError, match=r"first line|HTTP"):
        http.request_of(head, b"")


@pytest.mark.parametrize("length", [b"-1", b"x", b"99999999", b"1e3"])
def test_a_body_without_a_right_length_is_an_error(length: bytes) -> None:
    with pytest.raises(ValueError, match="a body of"):
        http.body_bytes(b"POST / HTTP/1.1\r\nContent-Length: " + length + b"\r\n\r\n")
