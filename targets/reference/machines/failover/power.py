"""What one witness asks of the fence device: a node cut off from power, and every other one given it back.

    a cut     event                        -> state
    none      a coordinator's order           ordered   ForceOff
    ordered   accepted                        reading   PowerState, again and again
    ordered   refused, or no answer           ordered   again after an interval
    reading   On, PoweringOff, no answer      reading   a moment later
    reading   Off                             off       only this counts
    any       released                        none      looked at again at once

Once a second it looks at every switch: whoever is Off, or on its way there, and is not being fenced just now
is switched on, whoever it was that switched it off and has died since. To switch on is always safe: a node
that starts resumes no epoch. One question at a time; each is answered, if only by "no answer".
"""

from __future__ import annotations

from typing import Literal

from targets.reference.defects import NEVER_POWERED_ON, OFF_NOT_READ_BACK
from targets.reference.machines.words.grammar import (
    Alert,
    AskPower,
    Effects,
    PowerAnswered,
    PowerOrder,
    SetTimer,
)
from targets.reference.settings import Settings

CUT, LOOK = "cut", "look at power"
TIMERS = (CUT, LOOK)
_READ_AGAIN_S = 0.02
_LOOK_EACH_S = 1.0
_STAGGER_S = 0.1

State = Literal["none", "ordered", "reading", "off"]


class Power:
    """Does nothing where the settings have no device. place: of this witness among all."""

    def __init__(self, settings: Settings, place: int, defects: frozenset[str] = frozenset()) -> None:
        self._settings, self._place, self._defects = settings, place, defects
        self.state: State = "none"
        self._node = ""  # being cut
        self._requests = 0
        self._cut_asked = 0
        self._looks: dict[int, tuple[str, PowerOrder]] = {}
        self._held_until_s: dict[str, float] = {}
        self._alarmed = ""

    @property
    def has_device(self) -> bool:
        return self._settings.fence == "device"

    def began(self, now_s: float) -> Effects:
        return [self._look_at(now_s + _LOOK_EACH_S)] if self.has_device else []

    def hold(self, now_s: float, node: str) -> None:
        """Another witness fences it: not switched on meanwhile."""
        self._held_until_s[node] = now_s + 3 * self._settings.detector.interval_s

    # --- a cut --------------------------------------------------------------------------------------

    def cut(self, node: str) -> Effects:
        """Switch it off. The caller has just seen by a full ballot whom that strikes."""
        self.state, self._node = "ordered", node
        return [self._ask_cut("ForceOff")]

    def release(self, now_s: float) -> Effects:
        """Done, or given up: it is to have power again."""
        if self.state == "none":
            return []
        self.state, self._node, self._cut_asked = "none", "", 0
        return [self._look_at(now_s)]

    def answered(self, now_s: float, event: PowerAnswered) -> Effects:
        """An answer to a question of an earlier cut says nothing about this one."""
        if event.request == self._cut_asked:
            self._cut_asked = 0
            return self._cut_answered(now_s, event)
        node, order = self._looks.pop(event.request, ("", "read"))
        # One on its way down, whoever sent it there, is called back too: nobody waits for it any more.
        dark = event.state in ("Off", "PoweringOff")
        if order == "read" and dark and not self._is_held(now_s, node):
            return [self._ask_look(node, "On")]
        return []

    def fired(self, now_s: float, timer: str, *, resting: bool = False) -> Effects:
        """resting: somebody works on the nodes, and switches them off for a reason."""
        if timer == CUT:
            order: PowerOrder = "ForceOff" if self.state == "ordered" else "read"
            due = self.state in ("ordered", "reading") and not self._cut_asked
            return [self._ask_cut(order)] if due else []
        later = self._look_at(now_s + _LOOK_EACH_S)
        if self._looks or resting:
            return [later]
        nodes = [node for node in self._settings.nodes if not self._is_held(now_s, node)]
        nodes = [] if NEVER_POWERED_ON in self._defects else nodes
        return [*(self._ask_look(node, "read") for node in nodes), later]

    def _cut_answered(self, now_s: float, event: PowerAnswered) -> Effects:
        if self.state == "ordered" and event.state != "unknown":
            self.state = "off" if OFF_NOT_READ_BACK in self._defects else "reading"
            return [self._ask_cut("read")] if self.state == "reading" else []
        if self.state == "reading" and event.state == "Off":
            self.state = "off"
            return []
        again_s = self._settings.detector.interval_s if event.state == "unknown" else _READ_AGAIN_S
        return [*self._complaint(event), SetTimer(CUT, now_s + again_s)]

    def _complaint(self, event: PowerAnswered) -> Effects:
        """Once for each cause: what a device that is no help costs is a longer outage."""
        if event.state != "unknown" or event.detail == self._alarmed:
            return []
        self._alarmed = event.detail
        return [
            Alert(
                f"the fence device does not switch {event.node} off ({event.detail}); waiting for its lease"
            )
        ]

    # --- looks --------------------------------------------------------------------------------------

    def _is_held(self, now_s: float, node: str) -> bool:
        return node == self._node or now_s < self._held_until_s.get(node, now_s)

    def _look_at(self, at_s: float) -> SetTimer:
        return SetTimer(LOOK, at_s + _STAGGER_S * self._place)

    def _ask_cut(self, order: PowerOrder) -> AskPower:
        self._requests += 1
        self._cut_asked = self._requests
        return AskPower(self._requests, self._node, order)

    def _ask_look(self, node: str, order: PowerOrder) -> AskPower:
        self._requests += 1
        self._looks[self._requests] = (node, order)
        return AskPower(self._requests, node, order)
