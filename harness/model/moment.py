"""Moments of a protocol: what one host's machine does, by its kind, and which of many. Nouns alone."""

from __future__ import annotations

from msgspec import Struct

# The act that a host tells its watchers of, so that every world hears it; all others show only from inside.
TELLS = "tells"
# Told by a host whose view of the cluster's register has changed; beside the phases.
REGISTER = "register"

# An act and its word, both the target's: `sends` `Seal`.
Act = tuple[str, str]


class Moment(Struct, frozen=True, kw_only=True):
    """The nth time that one of `hosts` does this, all counted together from when it is asked for.

    act and what are words of the target: `sends` `Seal`. hosts: empty for any.
    """

    act: str
    what: str
    hosts: tuple[str, ...] = ()
    nth: int = 1

    def fits(self, host: str, act: str, what: str) -> bool:
        """Whether this act is one of those that are counted."""
        return act == self.act and what == self.what and self.is_of(host)

    def is_of(self, host: str) -> bool:
        return not self.hosts or host in self.hosts


def text_of(moment: Moment) -> str:
    """`w2 sends Granted, time 3`; without the count where it is the first."""
    who = " or ".join(moment.hosts) or "anybody"
    return f"{who} {moment.act} {moment.what}" + (f", time {moment.nth}" if moment.nth > 1 else "")
