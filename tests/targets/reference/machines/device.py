"""A fence device in a test's cluster, with what may ail it. Judges nothing."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Literal, Protocol

from targets.reference.machines.words.grammar import AskPower, PowerAnswered, PowerState
from tests.targets.reference.machines.process import Process

Mood = Literal["sound", "slow", "dead", "refuses", "lies"]
MOODS: tuple[Mood, ...] = ("slow", "dead", "refuses", "lies")
# As long does a driver wait for an answer.
_LIMIT_S = 0.3
_WAY_S = (0.0005, 0.003)
_SWITCHES_S = (0.0, 0.1)


class Machine(Protocol):
    """The cluster, as far as power is concerned."""

    draw: Random

    def later(self, delay_s: float, act: Callable[..., object], *values: object) -> None: ...
    def power_off(self, host: str) -> None: ...
    def start_host(self, host: str) -> None: ...


class Device:
    """off: whose power is off. has_lied: it said so of a node that went on."""

    def __init__(self, cluster: Machine) -> None:
        self._cluster = cluster
        self.mood: Mood = "sound"
        self.off: set[str] = set()
        self.has_lied = False
        self._going: set[str] = set()
        self._said_off: set[str] = set()

    def ask(self, process: Process, ask: AskPower) -> None:
        cluster = self._cluster
        there_s, back_s = (cluster.draw.uniform(*_WAY_S) for _ in range(2))
        if self.mood == "slow":
            there_s += cluster.draw.uniform(0.0, 1.0)
        if self.mood != "dead":
            cluster.later(there_s, self._act, process, ask, back_s if there_s + back_s < _LIMIT_S else None)
        if self.mood == "dead" or there_s + back_s >= _LIMIT_S:
            answer = PowerAnswered(ask.request, ask.node, "unknown", "no answer")
            cluster.later(_LIMIT_S, process.receive, answer)

    def _act(self, process: Process, ask: AskPower, back_s: float | None) -> None:
        """back_s: None where nobody waits for the answer any more; it is done all the same."""
        state = self._obey(ask)
        if back_s is not None:
            detail = "401" if state == "unknown" else ""
            answer = PowerAnswered(ask.request, ask.node, state, detail)
            self._cluster.later(back_s, process.receive, answer)

    def _obey(self, ask: AskPower) -> PowerState:
        node = ask.node
        if self.mood == "refuses":
            return "unknown"
        match ask.order:
            case "ForceOff" if self.mood == "lies":
                self._said_off.add(node)
                self.has_lied = True
            case "ForceOff":
                self._going.add(node)
                self._cluster.later(self._cluster.draw.uniform(*_SWITCHES_S), self._switched_off, node)
            case "On":
                self._said_off.discard(node)
                self._going.discard(node)
                self.off.discard(node)
                self._cluster.start_host(node)
        if node in self.off | self._said_off:
            return "Off"
        return "PoweringOff" if node in self._going else "On"

    def _switched_off(self, node: str) -> None:
        if node in self._going:
            self._going.discard(node)
            self.off.add(node)
            self._cluster.power_off(node)
