"""Acts of the machines that somebody looks for. Hosts are probed only while somebody does.

Knows no target: an act and its word are compared as texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.model.moment import Moment
from harness.worlds.simulator.process import Host, Probe, Process

# Whose act it was. It is called in the middle of that process's work.
Came = Callable[[Process], None]


class _Sought:
    def __init__(self, moment: Moment, came: Came, *, done: bool) -> None:
        self.moment, self.came, self.done, self.left = moment, came, done, moment.nth


class Moments:
    """Each comes once, then it is forgotten."""

    def __init__(self, hosts: Mapping[str, Host]) -> None:
        self._hosts = hosts
        self._sought: dict[str, _Sought] = {}
        self._heard: Probe | None = None

    def hear_all(self, heard: Probe) -> None:
        """Of every act from now on, whatever else is looked for: a survey."""
        self._heard = heard
        self._probe()

    def seek(self, name: str, moment: Moment, came: Came, *, done: bool = True) -> None:
        """done: told when the act is done, else when it is about to be."""
        self._sought[name] = _Sought(moment, came, done=done)
        self._probe()

    def forget(self, name: str) -> None:
        self._sought.pop(name, None)
        self._probe()

    def _probe(self) -> None:
        for host in self._hosts.values():
            host.probe = self._acted if self._sought or self._heard else None

    def _acted(self, process: Process, act: str, what: str, done: bool) -> None:
        if self._heard is not None:
            self._heard(process, act, what, done)
        for name, sought in [*self._sought.items()]:
            if sought.done == done and sought.moment.fits(process.host, act, what):
                sought.left -= 1
                if sought.left == 0:
                    self.forget(name)
                    sought.came(process)
