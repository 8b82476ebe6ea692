"""The fence device, and a witness's way to it: its requests over a connection each."""

from __future__ import annotations

from collections.abc import Callable

from harness.seams import Kernel, Wire
from targets.reference.driver import redfish
from targets.reference.driver.limits import FENCE_LIMIT_S
from targets.reference.driver.surroundings import FENCE_PORT
from targets.reference.machines.words.grammar import AskPower, PowerAnswered
from targets.reference.settings import Settings

# Between witnesses and device of one run; that it is the same on both ends is all that matters here.
TOKEN, WRONG_TOKEN = "the device's own", "another one"


class FenceProgram:
    """The device. Offers harness.seams.Running, and Ear for all that is asked."""

    def __init__(self, kernel: Kernel, settings: Settings) -> None:
        self._kernel, self._nodes = kernel, settings.nodes
        kernel.listen(FENCE_PORT, lambda wire: self)

    def signalled(self, name: str) -> None:
        self._kernel.exit()

    def made(self, wire: Wire) -> None:
        """Only what dials is told so."""

    def lost(self, wire: Wire) -> None:
        """What it was told to do is done all the same."""

    def received(self, wire: Wire, message: object) -> None:
        assert isinstance(message, redfish.Request)
        what = redfish.wanted(message, token=TOKEN, nodes=self._nodes)
        if isinstance(what, redfish.Response):
            wire.send(what)
        else:
            self._kernel.power(what.node, what.order, lambda state: wire.send(redfish.done(what, state)))


class Fence:
    """Carries out AskPower; each is answered once."""

    def __init__(self, kernel: Kernel, settings: Settings, answer: Callable[[PowerAnswered], None]) -> None:
        self._kernel, self._answer = kernel, answer
        self._host = settings.fence_host
        self._token = TOKEN if settings.fence_token == "right" else WRONG_TOKEN

    def ask(self, ask: AskPower) -> None:
        question = _Question(ask, redfish.request(ask, self._token), self._answer)
        question.wire = self._kernel.dial(self._host, FENCE_PORT, question)
        self._kernel.after(FENCE_LIMIT_S, question.give_up)


class _Question:
    """Offers harness.seams.Ear."""

    def __init__(
        self, ask: AskPower, request: redfish.Request, answer: Callable[[PowerAnswered], None]
    ) -> None:
        self.wire: Wire | None = None
        self._ask, self._request, self._answer = ask, request, answer
        self._open = True

    def made(self, wire: Wire) -> None:
        wire.send(self._request)

    def received(self, wire: Wire, message: object) -> None:
        assert isinstance(message, redfish.Response)
        self._end(redfish.answered(self._ask, message))

    def lost(self, wire: Wire) -> None:
        self._end(redfish.failed(self._ask, "it cannot be reached"))

    def give_up(self) -> None:
        self._end(redfish.failed(self._ask, f"no answer within {FENCE_LIMIT_S:g} s"))

    def _end(self, answer: PowerAnswered) -> None:
        if not self._open:
            return
        self._open = False
        if self.wire is not None:
            self.wire.close()
        self._answer(answer)
