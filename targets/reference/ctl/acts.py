"""What an operator can have done. Every act ends in words and an exit code; none is tried twice by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct

from harness.model.errors import ExitCode
from targets.reference.ctl.asking import Way, ask, ask_agent, ask_all
from targets.reference.ctl.risk import fence_risk, risk
from targets.reference.ctl.shown import tails_of
from targets.reference.ctl.view import NoAnswer, View, view
from targets.reference.driver.surroundings import PEER_PORT, WITNESS_PORT
from targets.reference.machines.witness import switching
from targets.reference.machines.witness.desk import MAINTAIN_WITHIN_S
from targets.reference.machines.words.messages import (
    AskStatus,
    FenceOrder,
    Maintain,
    Message,
    OrderAnswer,
    PromoteOrder,
    Rejoin,
    StatusAnswer,
    SwitchOver,
    SwitchOverAnswer,
)
from targets.reference.orders import StartOrder
from targets.reference.settings import Settings

_SWITCHOVER_WITHIN_S = 10.0
_SERVES_WITHIN_S = 5.0
_LOOK_EACH_S = 0.2
_WHY_CHARACTERS_MAX = 1000
_UNKNOWN = "nobody knows whether it has happened: look at `ctl status` before you do anything else"


class Done(Struct, frozen=True):
    """How an act ended. code 0: done; 1: refused, nothing happened; 3: nobody to ask; 4: nobody knows."""

    code: ExitCode
    text: str


# Asks the person; given the word that confirms. True: go on.
Confirm = Callable[[str], bool]


class Acts:
    """On one running stack. say: a line of progress. by: who orders it, for the hosts' logs."""

    def __init__(self, settings: Settings, way: Way, *, say: Callable[[str], None], by: str) -> None:
        self._settings, self._way, self._say, self._by = settings, way, say, by
        # For whoever breaks an act off: how far it has come.
        self.known = "nothing was asked of anybody yet, so nothing is done"

    def look(self) -> View:
        """Everybody is asked at once."""
        return view(self._settings, ask_all({host: self._asks(host) for host in self._hosts}))

    def switchover(self, to: str) -> Done:
        """to: empty picks the eligible standby that lacks least."""
        now = self.look()
        primary = now.serving
        if primary is None:
            return _refused("nobody serves, so there is nobody to hand over: `ctl promote NODE` fails over")
        to = to or self._best(now)
        if not to:
            return _refused(f"no eligible standby follows {primary.node}; `ctl status` says why")
        if to not in self._settings.nodes:
            return _wrong(f"there is no node '{to}'; the nodes are {', '.join(self._settings.nodes)}")
        self._say(f"asking {primary.node} to hand over to {to} …")
        self._asked(primary.node, f"to hand over to {to}")
        answer = ask(
            *(self._way, primary.node, PEER_PORT, SwitchOver(1, to), SwitchOverAnswer),
            within_s=_SWITCHOVER_WITHIN_S,
        )
        self._heard(primary.node, answer)
        if isinstance(answer, NoAnswer):
            return _unanswered(primary.node, answer)
        if not answer.ok:
            return _refused(f"{primary.node} refused: {answer.detail}; it goes on as primary")
        return self._until_serving(to, within_s=_SERVES_WITHIN_S)

    def promote(self, to: str, *, forced: bool, confirm: Confirm, at: str, within_s: float) -> Done:
        """at: the witness that leads; empty: the first that answers."""
        if wrong := self._no_witness(at):
            return wrong
        now = self.look()
        told = risk(self._settings, now, to, forced=forced)
        if told.hindrance:
            code = ExitCode.FAIL if to in self._settings.nodes else ExitCode.WRONG_INPUT
            return Done(code, told.hindrance)
        self._say(f"{'FORCED ' if forced else ''}promotion of {to}:")
        for line in told.lines:
            self._say(f"  - {line}")
        if not confirm(to):
            return _refused("not confirmed; nothing was done")
        register, witness = now.register, at or now.reachable[0]
        order = PromoteOrder(1, register.epoch, register.primary, to, forced, self._by)
        self._say(f"{witness} leads; the lease of {register.primary} is waited for …")
        answer = self._order(witness, WITNESS_PORT, order, f"to promote {to}", within_s=within_s)
        if isinstance(answer, NoAnswer):
            return _unanswered(witness, answer)
        if not answer.ok:
            return _refused(f"{witness}: {answer.detail}")
        return self._until_serving(to, within_s=within_s)

    def rejoin(self, node: str, *, within_s: float) -> Done:
        if node not in self._settings.nodes:
            return _wrong(f"there is no node '{node}'; the nodes are {', '.join(self._settings.nodes)}")
        answer = self._order(node, PEER_PORT, Rejoin(1), "to rejoin")
        if isinstance(answer, NoAnswer):
            self._say(f"{node}: {answer.why}; asking its agent to start it …")
            self._asked(f"{node}'s agent", "to start it")
            started = ask_agent(self._way, node, StartOrder(), within_s=within_s)
            if isinstance(started, NoAnswer):
                why = f"its agent cannot be asked from here ({started.why})"
                return Done(ExitCode.BROKEN_SURROUNDINGS, f"{why}\n  {_start_it(node)}")
        elif not answer.ok:
            return _refused(answer.detail)
        else:
            self._say(answer.detail)
        return self._until_eligible(node, within_s=within_s)

    def fence(self, node: str, *, on: bool, confirm: Confirm, at: str) -> Done:
        """Off is confirmed by the node's name: it ends everything that runs there."""
        if node not in self._settings.nodes:
            return _wrong(f"there is no node '{node}'; the nodes are {', '.join(self._settings.nodes)}")
        if self._settings.fence != "device":
            return _refused(
                "this stack has no fence device: its settings say `fence: none`; nothing was done"
            )
        if wrong := self._no_witness(at):
            return wrong
        now = self.look()
        if not now.reachable:
            return Done(ExitCode.BROKEN_SURROUNDINGS, "no witness answers: nobody can ask the device")
        for line in () if on else fence_risk(now, node):
            self._say(f"  - {line}")
        if not on and not confirm(node):
            return _refused("not confirmed; nothing was done")
        order = FenceOrder(1, node, "On" if on else "Off", self._by)
        witness = at or now.reachable[0]
        what = f"to switch {node} {'on' if on else 'off'}"
        answer = self._order(witness, WITNESS_PORT, order, what, within_s=switching.WITHIN_S + 2)
        if isinstance(answer, NoAnswer):
            return _unanswered(witness, answer)
        return Done(ExitCode.PASS if answer.ok else ExitCode.FAIL, answer.detail)

    def maintain(self, why: str, *, at: str) -> Done:
        """why: empty ends it. at: the witness that proposes it; empty: the first that answers."""
        if len(why) > _WHY_CHARACTERS_MAX:
            return _wrong(f"a reason of {len(why)} characters; say it in {_WHY_CHARACTERS_MAX}")
        if wrong := self._no_witness(at):
            return wrong
        now = self.look()
        if not now.reachable:
            return Done(ExitCode.BROKEN_SURROUNDINGS, "no witness answers; maintenance is theirs to keep")
        if not now.has_majority:
            self._say(f"only {len(now.reachable)} witnesses answer: that is no majority, it may not be had")
        stamp = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        order = Maintain(1, f"{why} (by {self._by}, {stamp})" if why else "")
        witness = at or now.reachable[0]
        what = "to begin maintenance" if why else "to end maintenance"
        answer = self._order(witness, WITNESS_PORT, order, what, within_s=MAINTAIN_WITHIN_S + 1)
        if isinstance(answer, NoAnswer):
            return _unanswered(witness, answer)
        return Done(ExitCode.PASS if answer.ok else ExitCode.UNKNOWN, answer.detail)

    def _no_witness(self, at: str) -> Done | None:
        """None: it is one, or nobody in particular is meant."""
        witnesses = self._settings.witnesses
        if not at or at in witnesses:
            return None
        return _wrong(f"there is no witness '{at}'; the witnesses are {', '.join(witnesses)}")

    # --- asking -----------------------------------------------------------------------------------

    @property
    def _hosts(self) -> tuple[str, ...]:
        return self._settings.nodes + self._settings.witnesses

    def _asks(self, host: str) -> Callable[[], StatusAnswer | NoAnswer]:
        port = PEER_PORT if host in self._settings.nodes else WITNESS_PORT
        return lambda: ask(self._way, host, port, AskStatus(1), StatusAnswer)

    def _order(
        self, host: str, port: int, order: Message, what: str, *, within_s: float = 2.0
    ) -> OrderAnswer | NoAnswer:
        """what: `to promote n2`, for people."""
        self._asked(host, what)
        answer = ask(self._way, host, port, order, OrderAnswer, within_s=within_s)
        self._heard(host, answer)
        return answer

    def _asked(self, host: str, what: str) -> None:
        self.known = f"{host} was asked {what} and has not answered yet; {_UNKNOWN}"

    def _heard(self, host: str, answer: OrderAnswer | SwitchOverAnswer | NoAnswer) -> None:
        if not isinstance(answer, NoAnswer):
            said = "has agreed" if answer.ok else "has refused"
            detail = f" ({answer.detail})" if answer.detail else ""
            self.known = f"{host} {said}{detail}; what was agreed goes on: `ctl status` shows how far it is"

    def _best(self, now: View) -> str:
        primary = now.serving
        follow = [one for one in primary.standbys if one.eligible] if primary else []
        alive = [one for one in follow if one.heard_ago_s < float("inf")]
        return min(alive, key=lambda one: (one.lag_positions, one.node)).node if alive else ""

    # --- waiting ----------------------------------------------------------------------------------

    def _until_serving(self, node: str, *, within_s: float) -> Done:
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            serving = self.look().serving
            if serving is not None and serving.node == node:
                return Done(ExitCode.PASS, f"{node} serves as primary of epoch {serving.epoch}")
            time.sleep(_LOOK_EACH_S)
        return Done(
            ExitCode.UNKNOWN, f"the register names {node}, but it does not serve yet; `ctl status` says why"
        )

    def _until_eligible(self, node: str, *, within_s: float) -> Done:
        until_s, said = time.monotonic() + within_s, ""
        while time.monotonic() < until_s:
            now = self.look()
            told = now.nodes[node]
            if told is not None and told.stands_aside:
                return _refused(told.stands_aside)
            if now.serving is not None and now.serving.node == node:
                return Done(ExitCode.PASS, f"{node} serves as primary of epoch {now.serving.epoch}")
            if (rests := now.at_rest(node)) is not None and now.serving is not None:
                detail = (
                    f"{node} is cold and at rest: its agent holds {now.serving.node}'s log up to {rests.held}"
                )
                return Done(ExitCode.PASS, detail)
            if told is not None and now.eligible(node) and now.serving is not None:
                tails = "\n".join(tails_of(told))
                kept = f"\nwhat it held beyond the primary's log was moved aside:\n{tails}" if tails else ""
                return Done(ExitCode.PASS, f"{node} follows {now.serving.node} and is eligible{kept}")
            said = self._progress(now, node, said)
            time.sleep(_LOOK_EACH_S)
        return Done(
            ExitCode.UNKNOWN, f"{node} is not eligible after {within_s:g} s: {said or 'it does not answer'}"
        )

    def _progress(self, now: View, node: str, said: str) -> str:
        seen = now.standby(node)
        text = f"{node} does not answer yet" if now.nodes[node] is None else f"{node} is up"
        if seen is not None:
            text = f"{node} follows, {seen.lag_positions} records behind"
        if text.split(",")[0] != said.split(",")[0]:
            self._say(f"{text} …")
        return text


def _refused(text: str) -> Done:
    return Done(ExitCode.FAIL, text)


def _wrong(text: str) -> Done:
    return Done(ExitCode.WRONG_INPUT, text)


def _unanswered(host: str, answer: NoAnswer) -> Done:
    if answer.sent:
        return Done(ExitCode.UNKNOWN, f"{host}: {answer.why}; {_UNKNOWN}")
    return Done(ExitCode.BROKEN_SURROUNDINGS, f"{host}: {answer.why}; nothing was sent")


def _start_it(node: str) -> str:
    return f"start its container, or run `ctl rejoin {node}` in it: an agent is asked from its own host"
