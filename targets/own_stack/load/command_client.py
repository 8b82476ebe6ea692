"""A client whose every operation is a program that is run on its host. Offers workloads.connector.Connection.

Exit code 0 is done; those that the stack file names as `refused` were certainly not applied; any other leaves
a write unknown, and so does a program that did not end in time, which is ended.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from harness.model.ownstack import Speaks, Words
from harness.workloads.connector import Reply


class CommandConnection:
    """node: empty behind a router, where nobody says who serves."""

    def __init__(self, address: str, port: int, speaks: Speaks, *, node: str) -> None:
        self._address, self._port, self._speaks, self._node = address, port, speaks, node
        self._running: set[asyncio.subprocess.Process] = set()
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    async def write(self, key: str, value: str) -> Reply:
        return await self._operate(self._speaks.write_command, key, value)

    async def read(self, key: str) -> Reply:
        reply = await self._operate(self._speaks.read_command, key, "")
        # Nothing is changed by a read, whatever became of it.
        return reply if reply.outcome == "ok" else Reply(outcome="fail", node=self._node, error=reply.error)

    def close(self) -> None:
        self._closed = True
        for process in self._running:
            _kill(process)

    async def _operate(self, words: Words, key: str, value: str) -> Reply:
        meant = {"{key}": key, "{value}": value, "{host}": self._address, "{port}": f"{self._port}"}
        process = await self._begun([_filled(word, meant) for word in words])
        if process is None:
            return Reply(outcome="fail", error=f"not run: there is no {words[0]} in the clients' image")
        self._running.add(process)
        try:
            out, error = await process.communicate()
        except asyncio.CancelledError:
            _kill(process)
            await process.wait()
            raise
        finally:
            self._running.discard(process)
        return self._ended(
            process.returncode or 0, out.decode(errors="replace"), error.decode(errors="replace")
        )

    async def _begun(self, words: list[str]) -> asyncio.subprocess.Process | None:
        pipe = asyncio.subprocess.PIPE
        try:
            return await asyncio.create_subprocess_exec(
                *words, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
            )
        except OSError:
            return None

    def _ended(self, code: int, said: str, error: str) -> Reply:
        if code == 0:
            return Reply(outcome="ok", value=said.strip(), node=self._node)
        self._closed = True
        last = (error.strip() or said.strip()).rpartition("\n")[2][:80]
        refused = code in self._speaks.refused
        return Reply(
            outcome="fail" if refused else "unknown", node=self._node, error=f"exit code {code}: {last}"
        )


def _kill(process: asyncio.subprocess.Process) -> None:
    """It may have ended already."""
    with suppress(ProcessLookupError):
        process.kill()


def _filled(word: str, meant: dict[str, str]) -> str:
    for name, value in meant.items():
        word = word.replace(name, value)
    return word


async def connect(address: str, port: int, speaks: Speaks, *, node: str) -> CommandConnection:
    """Raises OSError when nobody listens there: a program would only find out later."""
    _, writer = await asyncio.open_connection(address, port)
    writer.close()
    return CommandConnection(address, port, speaks, node=node)
