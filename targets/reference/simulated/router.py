"""The router: HAProxy as compose/reference/haproxy.cfg sets it up, as far as failovers can tell.

Each node is checked every 100 ms: two misses take it out, one hit brings it back. The admin port moves at
once, until the next check says otherwise. A session stays where it is, whatever the checks say.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from harness.seams import Kernel, Wire
from targets.reference.driver.surroundings import HEALTH_PORT, PEER_PORT, ROUTER_ADMIN_PORT
from targets.reference.settings import Settings
from targets.reference.simulated.health import Asked, Serving

_CHECK_EACH_S = 0.1
_CHECK_CONNECT_S = 0.1
_CHECK_ANSWER_S = 0.5
_CONNECT_LIMIT_S = 0.5
_FALL = 2


class Move(Struct, frozen=True):
    """To the admin port: this node alone is up."""

    primary: str


class CutOthers(Struct, frozen=True):
    """To the admin port: shut down every session to another node."""

    primary: str


class Done(Struct, frozen=True):
    """The admin port's answer."""


class Server:
    """One node as the router sees it. health 0 is down, as it is until the first check."""

    def __init__(self, name: str) -> None:
        self.name, self.health = name, 0

    def checked(self, good: bool) -> None:
        if good:
            self.health = _FALL
        else:
            self.health = max(0, self.health - 1)


class Check:
    """One GET /primary. Offers harness.seams.Ear. ended: it failed or was answered."""

    def __init__(self, kernel: Kernel, server: Server, over: Callable[[Check], None]) -> None:
        self._kernel, self._server, self._over = kernel, server, over
        self.ended = False
        self.begun_s, self.made_s = kernel.now_s(), 0.0
        self._wire = kernel.dial(server.name, HEALTH_PORT, self)

    @property
    def until_s(self) -> float:
        """It must be further, or over, by then."""
        return self.made_s + _CHECK_ANSWER_S if self.made_s else self.begun_s + _CHECK_CONNECT_S

    def made(self, wire: Wire) -> None:
        self.made_s = self._kernel.now_s()
        wire.send(Asked())

    def received(self, wire: Wire, message: object) -> None:
        self._end(isinstance(message, Serving) and message.serving)

    def lost(self, wire: Wire) -> None:
        self._end(False)

    def fail(self) -> None:
        self._end(False)

    def _end(self, good: bool) -> None:
        if not self.ended:
            self.ended = True
            self._wire.close()
            self._server.checked(good)
            self._over(self)


class Checking:
    """One check after another of one server: each 0.1 s, or at once where one takes longer than that."""

    def __init__(self, kernel: Kernel, server: Server) -> None:
        self._kernel, self._server = kernel, server
        self._began_s = 0.0
        self._check: Check | None = None
        self._looks = 0
        kernel.after(kernel.draw.uniform(0.0, _CHECK_EACH_S), self._begin)

    def _begin(self) -> None:
        check = self._check = Check(self._kernel, self._server, self._ended)
        self._look_at(check.begun_s + _CHECK_EACH_S)

    def _ended(self, check: Check) -> None:
        """A late one is followed at once; else the next look finds it ended."""
        if self._kernel.now_s() >= check.begun_s + _CHECK_EACH_S:
            self._begin()

    def _look_at(self, at_s: float) -> None:
        self._looks += 1
        self._kernel.after(max(0.0, at_s - self._kernel.now_s()), self._look, self._looks)

    def _look(self, number: int) -> None:
        check = self._check
        if number != self._looks or check is None:
            return
        if check.ended:
            self._begin()
        elif self._kernel.now_s() >= check.until_s:
            check.fail()
        else:
            self._look_at(check.until_s)


class Session:
    """A client's connection and the one behind it. Offers harness.seams.Ear for both."""

    def __init__(self, front: Wire, gone: Callable[[Session], None]) -> None:
        self.server = ""
        self._front, self._gone = front, gone
        self._back: Wire | None = None
        self._early: list[object] = []

    def begin(self, kernel: Kernel, server: str) -> None:
        self.server = server
        self._back = kernel.dial(server, PEER_PORT, self)
        kernel.after(_CONNECT_LIMIT_S, self._not_made)

    def made(self, wire: Wire) -> None:
        for message in self._early:
            wire.send(message)
        self._early = []
        self._front.forward(wire)
        wire.forward(self._front)

    def received(self, wire: Wire, message: object) -> None:
        """Before there is a connection to send it on."""
        self._early.append(message)

    def lost(self, wire: Wire) -> None:
        self.close()

    def close(self) -> None:
        self._front.close()
        if self._back is not None:
            self._back.close()
        self._gone(self)

    def _not_made(self) -> None:
        if self._back is not None and not self._back.is_open:
            self.close()


class Admin:
    """A connection to the admin port. Offers harness.seams.Ear."""

    def __init__(self, router: RouterProgram) -> None:
        self._router = router

    def made(self, wire: Wire) -> None:
        """Only what dials is told so."""

    def received(self, wire: Wire, message: object) -> None:
        match message:
            case Move(primary):
                self._router.move(primary)
            case CutOthers(primary):
                self._router.cut_others(primary)
        wire.send(Done())

    def lost(self, wire: Wire) -> None:
        """Each command stands for itself."""


class RouterProgram:
    """Offers harness.seams.Running."""

    def __init__(self, kernel: Kernel, settings: Settings) -> None:
        self._kernel = kernel
        self._servers = [Server(name) for name in settings.nodes]
        self._sessions: dict[Session, None] = {}
        self._turn = 0
        kernel.listen(PEER_PORT, self._accept)
        if settings.router_api == "open":
            kernel.listen(ROUTER_ADMIN_PORT, lambda wire: Admin(self))
        self._checking = [Checking(kernel, server) for server in self._servers]

    def signalled(self, name: str) -> None:
        self._kernel.exit()

    def move(self, primary: str) -> None:
        for server in self._servers:
            server.health = _FALL if server.name == primary else 0

    def cut_others(self, primary: str) -> None:
        for session in [session for session in self._sessions if session.server != primary]:
            session.close()

    def _accept(self, front: Wire) -> Session:
        """In turn among those that are up; nobody to go to is told by closing."""
        session = Session(front, lambda gone: self._sessions.pop(gone, None) or None)
        up = [server.name for server in self._servers if server.health]
        if up:
            self._turn += 1
            self._sessions[session] = None
            session.begin(self._kernel, up[self._turn % len(up)])
        else:
            session.close()
        return session
