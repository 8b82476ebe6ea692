"""The power switches of a stack's data hosts, for its own fence device, and what may be wrong with them.

switch        order      -> switch
On            ForceOff      PoweringOff, then Off: its main process is gone, and with it all that ran there
Off           On            PoweringOn, then On: its container runs, unless a fault keeps it down
any, lying    any           says what it was told to be, and nothing happens
any, stuck    any           as it was
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, Protocol

import msgspec
from msgspec import Struct

from harness.model.errors import WorldError
from harness.model.event import Event, Powered
from harness.model.fault import SLOW_SWITCH_S, SwitchMode
from harness.seams import PowerOrder, PowerState

_LINE_MAX = 4096


class Request(Struct, frozen=True):
    """A line from the resident."""

    id: int
    host: str
    order: PowerOrder


class Power(Protocol):
    """Raises WorldError when it could not be done, or was not seen to be."""

    def power_off(self, host: str) -> str:
        """All that runs there is killed; a line for people."""
        ...

    def power_on(self, host: str) -> str: ...


class Switches:
    """ills: which switches are ill now. Answers at once; acts in threads of its own, one a host at a time."""

    def __init__(
        self,
        hosts: Mapping[str, str],
        power: Power,
        *,
        ills: Callable[[], Mapping[str, SwitchMode]],
        emit: Callable[[Event], None],
        broke: Callable[[BaseException], None],
        now_s: Callable[[], float],
    ) -> None:
        """hosts: data host -> who has its switch."""
        self._hosts, self._power, self._ills = hosts, power, ills
        self._emit, self._broke, self._now_s = emit, broke, now_s
        self._lock = threading.Lock()
        self._states: dict[str, PowerState] = dict.fromkeys(hosts, "On")
        self._said: dict[str, PowerState] = {}
        self._dark: set[str] = set()  # of each host its own worker alone asks
        self._newest: dict[str, int] = dict.fromkeys(hosts, 0)
        self._workers = {host: ThreadPoolExecutor(1, thread_name_prefix=f"power {host}") for host in hosts}
        self._closed = threading.Event()

    def close(self) -> None:
        """What has begun is finished, what has not never begins."""
        self._closed.set()
        for worker in self._workers.values():
            worker.shutdown(wait=True, cancel_futures=True)

    def ask(self, host: str, order: PowerOrder) -> PowerState:
        """How it stands now that the order is taken. Raises WorldError for a host without a switch."""
        if host not in self._hosts:
            raise WorldError(f"{host} has no power switch")
        how = self._ills().get(host)
        with self._lock:
            if how != "lies":
                self._said.pop(host, None)
            elif order != "read":
                self._said[host] = "Off" if order == "ForceOff" else "On"
            if order != "read" and how not in ("lies", "stuck"):
                self._order(host, order, how)
            return self._said.get(host) or self._states[host]

    def _order(self, host: str, order: PowerOrder, how: SwitchMode | None) -> None:
        if self._states[host] == ("Off" if order == "ForceOff" else "On"):
            return
        self._states[host] = "PoweringOff" if order == "ForceOff" else "PoweringOn"
        self._newest[host] += 1
        after_s = SLOW_SWITCH_S if how == "slow" else 0.0
        self._workers[host].submit(self._act, host, self._newest[host], order, after_s)

    def _act(self, host: str, number: int, order: PowerOrder, after_s: float) -> None:
        """An order that a later one has overtaken before it began is not carried out."""
        if after_s and self._closed.wait(after_s):
            return
        with self._lock:
            if self._newest[host] != number:
                return
        try:
            self._switch(host, goes_off=order == "ForceOff")
            with self._lock:
                if self._newest[host] == number:
                    self._states[host] = "Off" if order == "ForceOff" else "On"
        except Exception as error:
            self._broke(error)

    def _switch(self, host: str, *, goes_off: bool) -> None:
        """Nothing, where what was ordered before was called back in time."""
        if goes_off == (host in self._dark):
            return
        detail = self._power.power_off(host) if goes_off else self._power.power_on(host)
        self._dark ^= {host}
        state: Literal["off", "on"] = "off" if goes_off else "on"
        self._emit(Powered(at_s=self._now_s(), host=host, state=state, by=self._hosts[host], detail=detail))


class Rail:
    """The harness's end: a thread that answers the resident, until closed."""

    def __init__(self, connection: socket.socket, switches: Switches) -> None:
        self._connection, self._switches = connection, switches
        self._thread = threading.Thread(target=self._serve, name="power rail", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until the other end is gone."""
        self._thread.join()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=1)
        self._connection.close()
        self._switches.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError), self._connection.makefile("rb") as lines:
            while line := lines.readline(_LINE_MAX):
                self._connection.sendall(json.dumps(self._answer(line)).encode() + b"\n")

    def _answer(self, line: bytes) -> dict[str, object]:
        number = 0
        try:
            request = msgspec.json.decode(line, type=Request)
            number = request.id
            return {"id": number, "state": self._switches.ask(request.host, request.order)}
        except (WorldError, msgspec.DecodeError) as error:
            return {"id": number, "error": f"{error}"}
