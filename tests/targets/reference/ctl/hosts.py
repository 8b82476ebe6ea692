"""Hosts that answer an operator by hand, over real sockets; and what well hosts would say."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from msgspec.structs import replace

from harness.workloads import challenge, lines
from targets.reference.ctl.asking import Way
from targets.reference.driver.surroundings import ENTRY_PORT
from targets.reference.driver.wire import Frame, Hello, Ping, Pong, Splitter, encode
from targets.reference.machines.words.messages import (
    AskStatus,
    Member,
    Message,
    Place,
    Register,
    StatusAnswer,
)
from targets.reference.machines.words.operating import NodeStatus, StandbyStatus, WitnessStatus

TOKEN = "of-this-stack-alone"
A, B, C = Member("n1", "a"), Member("n2", "b"), Member("n3", "c")
REGISTER = Register(3, "n1", (A, B))

# What a host says to a message; None: it is silent and closes.
Says = Callable[[Message], Message | None]


def node(name: str, **words: object) -> NodeStatus:
    """n1 serves in epoch 3 and n2 follows it, unless told otherwise."""
    primary = name == "n1"
    told = NodeStatus(
        node=name,
        identity=name,
        role="primary" if primary else "standby",
        epoch=3,
        register=REGISTER,
        sealed=3,
        last=Place(3, 9),
        durable=Place(3, 9),
        acknowledged=9,
        lease_s=0.3 if primary else 0.0,
        waiting_writes=0,
        standbys=(standby(),) if primary else (),
        tails=(),
        stands_aside="",
    )
    return replace(told, **words)


def standby(name: str = "n2", **words: object) -> StandbyStatus:
    told = StandbyStatus(
        node=name, eligible=True, counts=True, held=9, lag_positions=0, lag_bytes=0, heard_ago_s=0.05
    )
    return replace(told, **words)


def witness(name: str, **words: object) -> WitnessStatus:
    told = WitnessStatus(
        witness=name,
        has_store=True,
        register=REGISTER,
        ballot=(7, "w1", 1),
        known_epoch=3,
        grant=(3, "n1"),
        lease_s=0.35,
        ready_in_s=0.0,
        watched=(3, "n1"),
        heard_ago_s=0.02,
        heard=Place(3, 9),
        suspects="",
        votes=(),
        leads="",
        outcomes={},
    )
    return replace(told, **words)


class Hosts:
    """says: by host. A host that is not named refuses. heard: every message but questions for the status."""

    def __init__(self, **says: Says) -> None:
        self.says, self.heard = says, list[tuple[str, Message]]()
        self.agents: dict[str, tuple[bool, str]] = {}
        self.ordered: list[tuple[str, bytes]] = []

    @property
    def way(self) -> Way:
        return Way(self.dial, TOKEN)

    def dial(self, host: str, port: int) -> socket.socket:
        known = self.agents if port == ENTRY_PORT else self.says
        if host not in known:
            raise ConnectionRefusedError
        near, far = socket.socketpair()
        serve = self._agent if port == ENTRY_PORT else self._serve
        threading.Thread(target=serve, args=(host, far), daemon=True).start()
        return near

    def _serve(self, host: str, far: socket.socket) -> None:
        splitter = Splitter()
        with far:
            far.sendall(encode(Hello(host, "dared")))
            while chunk := far.recv(1 << 16):
                for frame in splitter.feed(chunk):
                    if not self._answered(host, far, frame):
                        return

    def _answered(self, host: str, far: socket.socket, frame: Frame) -> bool:
        if isinstance(frame, Hello):
            return challenge.answered(frame.proof, TOKEN, "dared", frame.sender)
        if isinstance(frame, Ping | Pong):
            return True
        message: Message = frame
        if not isinstance(message, AskStatus):
            self.heard.append((host, message))
        answer = self.says[host](message)
        if answer is not None:
            far.sendall(encode(answer))
        return answer is not None

    def _agent(self, host: str, far: socket.socket) -> None:
        with far, far.makefile("rb") as reader:
            far.sendall(lines.encode(lines.Challenge("dared")))
            shown = lines.from_observer(reader.readline())
            assert isinstance(shown, lines.Show)
            assert challenge.answered(shown.proof, TOKEN, "dared", lines.OBSERVER)
            ask = lines.from_observer(reader.readline())
            assert isinstance(ask, lines.Ask)
            self.ordered.append((host, bytes(ask.body)))
            far.sendall(lines.encode(lines.Answer(ask.session, ask.request, *self.agents[host])))


def says(status: NodeStatus | WitnessStatus, order: Message | None = None) -> Says:
    """The status to whom asks for it, `order` to everything else."""

    def answer(message: Message) -> Message | None:
        return StatusAnswer(1, status) if isinstance(message, AskStatus) else order

    return answer


def well(**others: Says) -> Hosts:
    """Two nodes and three witnesses, except as told."""
    hosts = {name: says(node(name)) for name in ("n1", "n2")}
    hosts |= {name: says(witness(name)) for name in ("w1", "w2", "w3")}
    return Hosts(**(hosts | others))
