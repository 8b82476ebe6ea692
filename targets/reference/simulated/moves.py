"""Moves the router over its admin port, and sends a canary through it. Decides no epoch."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from harness.seams import Kernel, Wire
from targets.reference.driver.limits import AGAIN_S, ATTEMPT_LIMIT_S, CANARY_LIMIT_S, GIVE_UP_S, SETTLE_S
from targets.reference.driver.surroundings import ROUTER_ADMIN_PORT
from targets.reference.machines.words import messages
from targets.reference.machines.words.grammar import Alert, LetGo, Redirect, Tell, Validate
from targets.reference.machines.words.messages import Read, Write
from targets.reference.settings import Settings
from targets.reference.simulated.client import Answer, NodeConnection, within
from targets.reference.simulated.router import CutOthers, Done, Move


class _Order:
    """One command to the admin port, if it may be given still when there is a connection; told whether it
    was answered. Offers harness.seams.Ear.
    """

    def __init__(
        self,
        kernel: Kernel,
        router: str,
        command: Move | CutOthers,
        may: Callable[[], bool],
        told: Callable[[bool], None],
    ) -> None:
        self._command, self._may = command, may
        self._told: Callable[[bool], None] | None = told
        self._wire = kernel.dial(router, ROUTER_ADMIN_PORT, self)
        kernel.after(ATTEMPT_LIMIT_S, self._end, False)

    def made(self, wire: Wire) -> None:
        if self._may():
            wire.send(self._command)
        else:
            self._end(False)

    def received(self, wire: Wire, message: object) -> None:
        self._end(isinstance(message, Done))

    def lost(self, wire: Wire) -> None:
        self._end(False)

    def _end(self, ok: bool) -> None:
        told, self._told = self._told, None
        if told is not None:
            self._wire.close()
            told(ok)


class Moves:
    """Redirect and Validate one after the other. A newer epoch, or LetGo, ends what is older.

    serving: whether this host reigns now. Who was frozen may not know that it does not; its lease does.
    """

    def __init__(
        self,
        kernel: Kernel,
        settings: Settings,
        *,
        serving: Callable[[], bool],
        tell: Callable[[Tell | Alert], None],
    ) -> None:
        self._kernel, self._settings, self._serving, self._tell = kernel, settings, serving, tell
        self._newest, self._busy = 0, False
        self._jobs: deque[Redirect | Validate] = deque()

    def take(self, effect: Redirect | Validate) -> None:
        if effect.epoch >= self._newest:
            self._newest = effect.epoch
            self._jobs.append(effect)
            self._next()

    def let_go(self, effect: LetGo) -> None:
        self._newest = max(self._newest, effect.epoch + 1)

    def _next(self) -> None:
        if self._busy or not self._jobs:
            return
        self._busy = True
        match self._jobs.popleft():
            case Redirect() as effect:
                self._redirect(effect, self._kernel.now_s() + GIVE_UP_S)
            case Validate() as effect:
                self._validate(effect, self._kernel.now_s() + CANARY_LIMIT_S, 1, "")

    def _over(self) -> None:
        self._busy = False
        self._next()

    def _redirect(self, effect: Redirect, until_s: float) -> None:
        if effect.epoch != self._newest:
            self._over()
            return
        if self._kernel.now_s() >= until_s:
            self._tell(Alert(f"the router could not be moved to {effect.primary}: it does not answer"))
            self._over()
            return

        def told(ok: bool) -> None:
            if ok:
                self._tell(Tell("redirected", effect.epoch, effect.primary))
                # A session that is cut while it is still being connected hangs for good.
                self._kernel.after(SETTLE_S, self._cut_others, effect)
            else:
                self._kernel.after(AGAIN_S, self._redirect, effect, until_s)

        _Order(self._kernel, self._settings.router, Move(effect.primary), self._serving, told)

    def _cut_others(self, effect: Redirect) -> None:
        if effect.epoch != self._newest or not self._serving():
            self._over()
            return

        def told(ok: bool) -> None:
            if not ok:
                self._tell(Alert(f"connections to others than {effect.primary} were not cut: no answer"))
            self._over()

        _Order(self._kernel, self._settings.router, CutOthers(effect.primary), self._serving, told)

    def _validate(self, effect: Validate, until_s: float, attempt: int, problem: str) -> None:
        if effect.epoch != self._newest:
            self._over()
            return
        if self._kernel.now_s() >= until_s:
            text = f"{effect.primary} was promoted, but a canary through the router fails: {problem}"
            self._tell(Alert(text))
            self._over()
            return

        def over(problem: str) -> None:
            if problem:
                self._kernel.after(AGAIN_S, self._validate, effect, until_s, attempt + 1, problem)
                return
            if effect.epoch == self._newest:
                self._tell(Tell("validated", effect.epoch, effect.primary))
            self._over()

        host = self._kernel.host
        value = f"canary.{host}.{effect.epoch}.{attempt}"
        canary(self._kernel, self._settings.router, f"canary.{host}", value, over)


def canary(kernel: Kernel, router: str, key: str, value: str, over: Callable[[str], None]) -> None:
    """Write it and read it back; told "" when that went well, else what went wrong."""

    def end(answer: Answer | None) -> None:
        connection.close()
        over(_problem(answer, value))

    told = within(kernel, ATTEMPT_LIMIT_S, end)

    def wrote(answer: Answer | None) -> None:
        if isinstance(answer, messages.Reply) and answer.outcome == "ok":
            connection.ask(lambda request: Read(request, key), told)
        else:
            told(answer)

    def greeted(ok: bool) -> None:
        if ok:
            connection.ask(lambda request: Write(request, key, value), wrote)
        else:
            told(None)

    connection = NodeConnection(kernel, router, greeted)


def _problem(answer: Answer | None, value: str) -> str:
    match answer:
        case messages.Reply(outcome="ok", value=read):
            return "" if read == value else f"read '{read}' after writing '{value}'"
        case messages.Reply(outcome=outcome, error=error):
            return f"{outcome} {error}"
        case _:
            return "no answer"
