"""Acts of the machines that somebody looks for: each host is told which, and tells of no other.

Knows no target: an act and its word are compared as texts.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from harness.model.moment import Act, Moment
from harness.worlds.simulator.process import Host, Probe, Process

# Whose act it was. It is called in the middle of that process's work.
Came = Callable[[Process], None]


class _Everything(Container[Act]):
    def __contains__(self, act: object) -> bool:
        return True


EVERYTHING = _Everything()


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
        self._tell_hosts()

    def seek(self, name: str, moment: Moment, came: Came, *, done: bool = True) -> None:
        """done: told when the act is done, else when it is about to be."""
        self._sought[name] = _Sought(moment, came, done=done)
        self._tell_hosts()

    def forget(self, name: str) -> None:
        self._sought.pop(name, None)
        self._tell_hosts()

    def _tell_hosts(self) -> None:
        moments = [sought.moment for sought in self._sought.values()]
        for name, host in self._hosts.items():
            acts = frozenset((moment.act, moment.what) for moment in moments if moment.is_of(name))
            host.seek(acts if self._heard is None else EVERYTHING, self._acted)

    def _acted(self, process: Process, act: str, what: str, done: bool) -> None:
        if self._heard is not None:
            self._heard(process, act, what, done)
        for name, sought in [*self._sought.items()]:
            if sought.done == done and sought.moment.fits(process.host, act, what):
                sought.left -= 1
                if sought.left == 0:
                    self.forget(name)
                    sought.came(process)
