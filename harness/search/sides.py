"""Who is cut off, or slow to reach, from whom: sides that mean something to a cluster, and some that do not.

Roles and host names are not mixed in one cut: a role may be any host by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from harness.reach import Hosts

Sides = tuple[tuple[str, ...], ...]
_REST = ("rest",)


class DrawSides:
    """Of one schedule."""

    def __init__(self, draw: Random, hosts: Hosts) -> None:
        self._draw, self._hosts = draw, hosts
        menu: tuple[tuple[int, Callable[[], Sides]], ...] = (
            (3, self.alone),
            (2, lambda: (("primary",), ("standbys",))),
            (3, self.unseen),
            (1, lambda: (("standby",), ("witnesses",))),
            (1, self.apart),
            (1, self.half),
            (1, self._few_from_rest),
            (2, self._few_from_few),
        )
        self._menu = [sides for times, sides in menu for _ in range(times)]

    @property
    def witnesses(self) -> list[str]:
        return [f"witness/{number}" for number in range(1, len(self._hosts.witnesses) + 1)]

    @property
    def nodes(self) -> list[str]:
        return [*self._hosts.data]

    def any(self) -> Sides:
        return self._draw.choice(self._menu if self.witnesses else [self.alone, self._few_from_rest])()

    def alone(self) -> Sides:
        """A data node, perhaps with one witness on its side."""
        who = self._draw.choice(("primary", "primary", "standby"))
        beside = self.few(self.witnesses, 1) if self.witnesses and self._draw.random() < 0.3 else []
        return ((who, *beside), _REST)

    def unseen(self) -> Sides:
        """The primary, by some of the witnesses or all; clients may go on reaching it."""
        seen_by = self.few(self.witnesses, len(self.witnesses))
        standbys = ("standbys",) if self._draw.random() < 0.4 else ()
        return (("primary",), (*standbys, *sorted(seen_by)))

    def apart(self) -> Sides:
        """No witness reaches another."""
        return tuple((witness,) for witness in self.witnesses)

    def half(self) -> Sides:
        """A data node with one witness or more on its side, and all others."""
        who = self._draw.choice(("primary", "standby"))
        beside = self._draw.sample(self.witnesses, self._draw.choice((1, 2, 2)))
        return ((who, *sorted(beside)), _REST)

    def few(self, words: Sequence[str], most: int) -> list[str]:
        return self._draw.sample([*words], self._draw.randint(1, min(most, len(words))))

    # --- by name ----------------------------------------------------------------------------------

    def _few_from_rest(self) -> Sides:
        near = self._shuffled()[: self._draw.randint(1, 3)]
        return (tuple(sorted(near)), _REST)

    def _few_from_few(self) -> Sides:
        everyone = self._shuffled()
        near, far = self._draw.randint(1, 2), self._draw.randint(1, 3)
        return (tuple(sorted(everyone[:near])), tuple(sorted(everyone[near : near + far])))

    def _shuffled(self) -> list[str]:
        everyone = [*self._hosts.data, *self.witnesses, *self._hosts.routers[:1]]
        self._draw.shuffle(everyone)
        return everyone
