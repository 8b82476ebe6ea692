from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from harness.model.event import AlertRaised
from targets.reference.driver import webhook
from targets.reference.driver.webhook import Webhook

ALERT = AlertRaised(at_s=12.5, host="n1", text="writes wait for n2")
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


class Receiver:
    """Takes posts on the loopback, and answers each with the same bytes."""

    def __init__(self, answer: bytes = OK) -> None:
        self.answer, self.got = answer, list[tuple[str, dict[str, object]]]()
        self.arrived = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line[15:]) for line in head.splitlines() if line.startswith("Content-Length:"))
        self.got.append((head.splitlines()[0], json.loads(await reader.readexactly(length))))
        writer.write(self.answer)
        await writer.drain()
        writer.close()
        self.arrived.set()


def play(
    receiver_of: Callable[[], Receiver], act: Callable[[Webhook, Receiver], Awaitable[None]]
) -> Receiver:
    async def go() -> Receiver:
        receiver = receiver_of()
        server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            hook = Webhook(f"http://127.0.0.1:{port}/alerts?to=oncall")
            await act(hook, receiver)
        return receiver

    return asyncio.run(go())


async def ended(hook: Webhook) -> None:
    assert hook._posting is not None
    await asyncio.wait_for(hook._posting, 5)


def test_an_alert_is_posted_as_json() -> None:
    async def act(hook: Webhook, receiver: Receiver) -> None:
        hook.post(ALERT)
        await ended(hook)

    assert play(Receiver, act).got == [
        ("POST /alerts?to=oncall HTTP/1.1", {"host": "n1", "at_s": 12.5, "text": "writes wait for n2"})
    ]


def test_several_arrive_in_their_order() -> None:
    async def act(hook: Webhook, receiver: Receiver) -> None:
        for number in range(5):
            hook.post(AlertRaised(at_s=number, host="n1", text=f"{number}"))
        await ended(hook)

    assert [body["text"] for _, body in play(Receiver, act).got] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [(b"HTTP/1.1 500 Oops\r\n\r\n", "status 500"), (b"SSH-2.0 hello\r\n", "speaks no HTTP")],
)
def test_a_refusal_is_logged_and_the_next_alert_is_posted_all_the_same(
    answer: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def act(hook: Webhook, receiver: Receiver) -> None:
        hook.post(ALERT)
        hook.post(ALERT)
        await ended(hook)

    assert len(play(lambda: Receiver(answer), act).got) == 2
    assert capsys.readouterr().out.count(said) == 2


def test_one_that_nobody_takes_is_logged_and_forgotten(capsys: pytest.CaptureFixture[str]) -> None:
    async def go() -> None:
        hook = Webhook("http://127.0.0.1:9/alerts")
        hook.post(ALERT)
        await ended(hook)

    asyncio.run(go())
    assert "could not be posted" in capsys.readouterr().out


def test_one_that_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(webhook, "POST_LIMIT_S", 0.05)

    async def act(hook: Webhook, receiver: Receiver) -> None:
        hook.post(ALERT)
        await ended(hook)

    play(lambda: Receiver(b""), act)
    assert "could not be posted" in capsys.readouterr().out


def test_what_waits_is_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    async def act(hook: Webhook, receiver: Receiver) -> None:
        for _ in range(webhook.WAITING_MAX + 10):
            hook.post(ALERT)
        await ended(hook)

    assert len(play(Receiver, act).got) == webhook.WAITING_MAX
    assert "too many alerts" in capsys.readouterr().out
