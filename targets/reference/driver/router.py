"""Moves the router at once over HAProxy's runtime API, and sends a canary through it. Decides no epoch.

The router's own checks of `GET /primary` stay in charge: what is set here holds until the next check says
otherwise. So an order that comes late, from a host that has not heard of a newer epoch, does no lasting harm:
whom it sends to a node that is not primary, that node refuses and hangs up on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from targets.reference import client
from targets.reference.driver.limits import AGAIN_S, ATTEMPT_LIMIT_S, CANARY_LIMIT_S, GIVE_UP_S, SETTLE_S
from targets.reference.driver.surroundings import ROUTER_ADMIN_PORT, address
from targets.reference.machines.words.grammar import Alert, LetGo, Redirect, Tell, Validate
from targets.reference.settings import Settings

BACKEND = "data"
_ANSWER_BYTES_MAX = 1 << 16


class Router:
    """Carries out Redirect and Validate one after the other. A newer epoch, or LetGo, ends what is older.

    serving: whether this host reigns now. Who was frozen may not know that it does not; its lease does.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        host: str,
        serving: Callable[[], bool],
        tell: Callable[[Tell | Alert], None],
    ) -> None:
        self._settings, self._host, self._serving, self._tell = settings, host, serving, tell
        self._newest = 0
        self._last: asyncio.Task[None] | None = None

    def let_go(self, effect: LetGo) -> None:
        self._newest = max(self._newest, effect.epoch + 1)

    def redirect(self, effect: Redirect) -> None:
        if effect.epoch >= self._newest:
            self._newest = effect.epoch
            self._last = asyncio.create_task(self._redirect(effect, self._last))

    def validate(self, effect: Validate) -> None:
        if effect.epoch >= self._newest:
            self._newest = effect.epoch
            self._last = asyncio.create_task(self._validate(effect, self._last))

    async def _redirect(self, effect: Redirect, before: asyncio.Task[None] | None) -> None:
        await _ended(before)
        until_s = time.monotonic() + GIVE_UP_S
        problem = "a newer epoch came first"
        while effect.epoch == self._newest and time.monotonic() < until_s:
            try:
                answer = await self._order(_moves(self._settings.nodes, effect.primary))
            except OSError as error:
                problem = f"{error}" or type(error).__name__
                await asyncio.sleep(AGAIN_S)
                continue
            if answer:
                self._tell(Alert(f"the router refused to move to {effect.primary}: {answer}"))
            else:
                self._tell(Tell("redirected", effect.epoch, effect.primary))
                await self._cut_others(effect)
            return
        if effect.epoch == self._newest:
            self._tell(Alert(f"the router could not be moved to {effect.primary}: {problem}"))

    async def _cut_others(self, effect: Redirect) -> None:
        """A session that is cut while it is still being connected hangs for good, so those settle first."""
        await asyncio.sleep(SETTLE_S)
        if effect.epoch != self._newest or not self._serving():
            return
        try:
            answer = await self._order(_cuts(self._settings.nodes, effect.primary))
        except OSError as error:
            answer = f"{error}" or type(error).__name__
        if answer:
            self._tell(Alert(f"connections to others than {effect.primary} were not cut: {answer}"))

    async def _order(self, commands: str) -> str:
        return await _command(self._settings.router, commands, self._serving)

    async def _validate(self, effect: Validate, before: asyncio.Task[None] | None) -> None:
        await _ended(before)
        until_s = time.monotonic() + CANARY_LIMIT_S
        problem, attempt = "", 0
        while effect.epoch == self._newest and time.monotonic() < until_s:
            attempt += 1
            problem = await self._canary(f"canary.{self._host}.{effect.epoch}.{attempt}")
            if not problem and effect.epoch == self._newest:
                self._tell(Tell("validated", effect.epoch, effect.primary))
                return
            await asyncio.sleep(AGAIN_S)
        if effect.epoch == self._newest:
            self._tell(
                Alert(f"{effect.primary} was promoted, but a canary through the router fails: {problem}")
            )

    async def _canary(self, value: str) -> str:
        """Write it and read it back; empty when that went well, else what went wrong."""
        try:
            async with asyncio.timeout(ATTEMPT_LIMIT_S):
                connection = await client.connect(self._settings.router)
                try:
                    return await _written_and_read(connection, f"canary.{self._host}", value)
                finally:
                    connection.close()
        except OSError as error:
            return f"{error}" or type(error).__name__


async def _written_and_read(connection: client.NodeConnection, key: str, value: str) -> str:
    written = await connection.write(key, value)
    if written.outcome != "ok":
        return f"write: {written.outcome} {written.error}"
    read = await connection.read(key)
    if read.outcome != "ok":
        return f"read: {read.outcome} {read.error}"
    return "" if read.value == value else f"read '{read.value}' after writing '{value}'"


async def _ended(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        await asyncio.wait([task])


def _moves(nodes: tuple[str, ...], primary: str) -> str:
    """The new one first: for a moment two are up, and the old one refuses; never is nobody."""
    others = [f"{BACKEND}/{node}" for node in nodes if node != primary]
    moves = [f"set server {BACKEND}/{primary} state ready", f"set server {BACKEND}/{primary} health up"]
    moves += [f"set server {other} health down" for other in others]
    return "; ".join(moves) + "\n"


def _cuts(nodes: tuple[str, ...], primary: str) -> str:
    return "; ".join(f"shutdown sessions server {BACKEND}/{node}" for node in nodes if node != primary) + "\n"


async def _command(router: str, commands: str, may: Callable[[], bool] = lambda: True) -> str:
    """What HAProxy answered; it is silent when all went well. Raises OSError when it cannot be asked, or may
    not be any more.
    """
    async with asyncio.timeout(ATTEMPT_LIMIT_S):
        reader, writer = await asyncio.open_connection(address(router), ROUTER_ADMIN_PORT)
        try:
            if not may():
                raise PermissionError("this host has no lease")
            writer.write(commands.encode())
            await writer.drain()
            return " ".join((await reader.read(_ANSWER_BYTES_MAX)).decode(errors="replace").split())
        finally:
            writer.transport.abort()
