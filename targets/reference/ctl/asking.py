"""One question to one host over a connection of its own. Never asks twice."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec
from msgspec import Struct

from harness.seams import Dial
from harness.workloads import challenge, lines
from targets.reference.client import proven
from targets.reference.ctl.view import DOWN, NoAnswer
from targets.reference.driver.surroundings import ENTRY_PORT
from targets.reference.driver.wire import Frame, Hello, Splitter, encode
from targets.reference.machines.words.messages import Message
from targets.reference.orders import Order

ASK_WITHIN_S = 1.5
_CHUNK = 1 << 16
T = TypeVar("T")


class Way(Struct, frozen=True):
    """To the hosts of one stack. token: the stack's own."""

    dial: Dial
    token: str


def ask(
    way: Way, host: str, port: int, message: Message, kind: type[T], *, within_s: float = ASK_WITHIN_S
) -> T | NoAnswer:
    """The answer of that kind to a message with request 1."""
    until_s, sent = time.monotonic() + within_s, False
    try:
        with way.dial(host, port) as connection:
            connection.settimeout(within_s)
            splitter = Splitter()
            frames = _frames(connection, splitter, until_s)
            # A proxy with nobody behind it accepts too: only a hello says that a node is there.
            hello = next(frame for frame in frames if isinstance(frame, Hello))
            sent = True
            connection.sendall(encode(proven(hello, way.token)) + encode(message))
            return next(frame for frame in frames if isinstance(frame, kind))
    except (OSError, ValueError, StopIteration) as error:
        return NoAnswer(_why(error, within_s), sent)


def ask_agent(way: Way, host: str, order: Order, *, within_s: float) -> tuple[bool, str] | NoAnswer:
    """An order to the agent (or witness) at its entry: whether it was carried out, and a detail."""
    until_s, sent = time.monotonic() + within_s, False
    question = lines.Ask(os.urandom(8).hex(), 1, msgspec.Raw(msgspec.json.encode(order)))
    try:
        with way.dial(host, ENTRY_PORT) as connection:
            connection.settimeout(within_s)
            rest = b""
            while chunk := _received(connection, until_s):
                *whole, rest = (rest + chunk).split(b"\n")
                for line in map(lines.from_host, whole):
                    match line:
                        case lines.Challenge(challenged):
                            shown = lines.Show(challenge.answer(way.token, challenged, lines.OBSERVER))
                            connection.sendall(lines.encode(shown) + lines.encode(question))
                            sent = True
                        case lines.Answer(ok=ok, detail=detail):
                            return ok, detail
            raise ConnectionError("it closed the connection")
    except (OSError, ValueError) as error:
        return NoAnswer(_why(error, within_s), sent)


def ask_all(questions: Mapping[str, Callable[[], T]]) -> dict[str, T]:
    """All at once: a host that is silent must not keep the others waiting."""
    with ThreadPoolExecutor(max_workers=max(1, len(questions))) as pool:
        futures = {host: pool.submit(question) for host, question in questions.items()}
        return {host: future.result() for host, future in futures.items()}


def _frames(connection: socket.socket, splitter: Splitter, until_s: float) -> Iterator[Frame]:
    while chunk := _received(connection, until_s):
        yield from splitter.feed(chunk)
    raise ConnectionError("it closed the connection")


def _received(connection: socket.socket, until_s: float) -> bytes:
    left_s = until_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    connection.settimeout(left_s)
    return connection.recv(_CHUNK)


def _why(error: BaseException, within_s: float) -> str:
    match error:
        case TimeoutError():
            return f"no answer within {within_s:g} s"
        case ConnectionRefusedError():
            return DOWN
        case socket.gaierror():
            return "its name is not known here"
        case ConnectionResetError():
            return "it was cut off: its process is down, or the way to it is"
        case ConnectionError() if "refused" in f"{error}":
            return DOWN  # the word of a gate in between
        case ConnectionError():
            return f"{error}" or "the connection was lost"
        case _:
            return f"{error}" or type(error).__name__
