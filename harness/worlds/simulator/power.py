"""The power switches of the data hosts, and what may be wrong with them. Knows no target.

switch        order      -> switch
On            ForceOff      PoweringOff, then Off: every process of the host is dead
Off           On            On: the host begins, unless a fault keeps it down
any, lying    any           says what it was told to be, and nothing happens
any, stuck    any           as it was
"""

from __future__ import annotations

from collections.abc import Callable

from harness.model.event import Event, Powered
from harness.model.fault import SLOW_SWITCH_S, SwitchMode
from harness.seams import PowerOrder, PowerState
from harness.worlds.simulator.timeline import Timeline

_SWITCHES_S = (0.002, 0.02)


class Switches:
    """off(host) ends all that runs there, on(host) begins it."""

    def __init__(
        self,
        timeline: Timeline,
        *,
        off: Callable[[str], None],
        on: Callable[[str], None],
        tell: Callable[[Event], None],
    ) -> None:
        self._timeline, self._off, self._on, self._tell = timeline, off, on, tell
        self.ills: dict[str, SwitchMode] = {}
        self._states: dict[str, PowerState] = {}
        self._said: dict[str, PowerState] = {}  # by those that lie
        self._dark: set[str] = set()
        self._orders = 0
        self._newest: dict[str, int] = {}

    def is_off(self, host: str) -> bool:
        return self._states.get(host) == "Off"

    def set_ills(self, ills: dict[str, SwitchMode]) -> None:
        """What is wrong from now on. A switch that was mended tells the truth again."""
        self.ills = ills
        self._said = {host: said for host, said in self._said.items() if ills.get(host) == "lies"}

    def ask(self, by: str, host: str, order: PowerOrder) -> PowerState:
        """How it stands now that the order is taken."""
        how = self.ills.get(host)
        if order != "read" and how == "lies":
            self._said[host] = "Off" if order == "ForceOff" else "On"
        elif order != "read" and how != "stuck":
            self._order(by, host, order, how)
        return self._said.get(host) or self._states.get(host, "On")

    def _order(self, by: str, host: str, order: PowerOrder, how: SwitchMode | None) -> None:
        if self._states.get(host, "On") == ("Off" if order == "ForceOff" else "On"):
            return
        self._states[host] = "PoweringOff" if order == "ForceOff" else "PoweringOn"
        self._orders += 1
        self._newest[host] = self._orders
        after_s = self._timeline.draw.uniform(*_SWITCHES_S) + (SLOW_SWITCH_S if how == "slow" else 0.0)
        self._timeline.later(after_s, self._done, by, host, self._orders)

    def _done(self, by: str, host: str, number: int) -> None:
        """An order that a later one has overtaken is not carried out."""
        if self._newest[host] != number:
            return
        goes_off = self._states[host] == "PoweringOff"
        self._states[host] = "Off" if goes_off else "On"
        if goes_off == (host in self._dark):
            return  # called back before it was carried out
        self._dark ^= {host}
        (self._off if goes_off else self._on)(host)
        self._tell(Powered(at_s=self._timeline.now_s, host=host, state="off" if goes_off else "on", by=by))
