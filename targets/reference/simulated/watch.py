"""The observer: sees whether each host can be reached, asks for switchovers, reads everything back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import structs

from harness.model.event import Event, HealthReported, RoleChanged
from harness.seams import Kernel, Wire
from targets.reference.controls import ORDER_LIMIT_S, SWITCHOVER, question
from targets.reference.driver.limits import SWITCHOVER_LIMIT_S
from targets.reference.driver.surroundings import ENTRY_PORT
from targets.reference.machines.words import messages
from targets.reference.machines.words.messages import OrderAnswer, ReadAll, SwitchOver, SwitchOverAnswer
from targets.reference.settings import Settings
from targets.reference.simulated.client import Answer, ask_once
from targets.reference.simulated.links import TOKEN, WRONG_TOKEN
from targets.reference.watch import READ_LIMIT_S

_RETRY_S = 0.05


class Follower:
    """A connection to one host's entry, made again whenever it fails. Offers harness.seams.Ear."""

    def __init__(self, kernel: Kernel, host: str) -> None:
        self._kernel, self._host = kernel, host
        self._up: bool | None = None
        self._dial()

    def made(self, wire: Wire) -> None:
        self._up = True

    def received(self, wire: Wire, message: object) -> None:
        """What a host tells comes another way."""

    def lost(self, wire: Wire) -> None:
        if self._up is not False:
            self._up = False
            self._kernel.tell(self._unreachable())
        self._kernel.after(_RETRY_S, self._dial)

    def _dial(self) -> None:
        self._kernel.dial(self._host, ENTRY_PORT, self)

    def _unreachable(self) -> HealthReported:
        """A host that is up says so itself; one that cannot be reached cannot."""
        return HealthReported(
            at_s=self._kernel.now_s(), host=self._host, ready=False, epoch=0, detail="it cannot be reached"
        )


class SimulatedWatch:
    """Offers harness.seams.SimulatedWatch."""

    def __init__(self, kernel: Kernel, hosts: Sequence[str], settings: Settings) -> None:
        self._kernel, self._witnesses = kernel, settings.witnesses
        self._token = TOKEN if settings.operator_token == "right" else WRONG_TOKEN
        self._primary, self._epoch, self._orders = "", 0, 0
        self._followers = [Follower(kernel, host) for host in hosts]

    def saw(self, event: Event) -> None:
        if isinstance(event, RoleChanged) and event.role == "primary" and event.epoch >= self._epoch:
            self._primary, self._epoch = event.host, event.epoch

    def control(self, action: str, host: str, done: Callable[[bool, str], None]) -> None:
        primary = self._primary
        if action != SWITCHOVER:
            self._order(action, host, done)
            return
        if not primary:
            done(False, "no primary is known yet; wait for the cluster to be steady before a switchover")
            return

        def answered(answer: Answer | None) -> None:
            match answer:
                case SwitchOverAnswer(ok=True, detail=detail):
                    done(True, detail)
                case SwitchOverAnswer(detail=detail):
                    done(False, f"{primary} refused to hand over to {host}: {detail}")
                case _:
                    done(False, f"{primary} did not answer the switchover in {SWITCHOVER_LIMIT_S:g} s")

        ask_once(
            self._kernel,
            primary,
            lambda request: SwitchOver(request, host),
            answered,
            limit_s=SWITCHOVER_LIMIT_S,
            token=self._token,
        )

    def _order(self, action: str, host: str, done: Callable[[bool, str], None]) -> None:
        """Where any witness may be asked, one after the other is."""
        self._orders += 1
        witness, reign = self._witnesses[self._orders % len(self._witnesses)], (self._epoch, self._primary)
        asked = question(action, host, reign=reign, witness=witness, request=1)

        def answered(answer: Answer | None) -> None:
            match answer:
                case OrderAnswer(ok=ok, detail=detail):
                    done(ok, detail)
                case _:
                    done(False, f"{asked.host} did not answer in {ORDER_LIMIT_S:g} s: nobody knows")

        ask_once(
            self._kernel,
            asked.host,
            lambda request: structs.replace(asked.order, request=request),
            answered,
            limit_s=ORDER_LIMIT_S,
            port=asked.port,
            token=self._token,
        )

    def read_all(
        self, host: str, value_prefix: str, done: Callable[[tuple[int, tuple[str, ...]] | str], None]
    ) -> None:
        def answered(answer: Answer | None) -> None:
            match answer:
                case messages.Reply(outcome="ok", epoch=epoch, values=values):
                    done((epoch, values))
                case messages.Reply(error=error):
                    done(f"{host} refused to read everything back: {error}")
                case _:
                    done(f"reading everything back from {host}: no answer; is the primary up?")

        ask_once(
            self._kernel,
            host,
            lambda request: ReadAll(request, value_prefix),
            answered,
            limit_s=READ_LIMIT_S,
        )
