"""The agent's process: parent of the one that acknowledges. Reads no user data; a cold standby's it keeps."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.event import Event
from harness.seams import Child, Kernel
from targets.reference.driver.limits import CHILD_END_LIMIT_S, HAND_BACK_S
from targets.reference.driver.surroundings import ARCHIVE_PORT, WITNESS_PORT
from targets.reference.driver.telling import Told, event_at
from targets.reference.machines.agent import Agent
from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.words.grammar import (
    AgentSaw,
    Alert,
    Answer,
    Began,
    Keep,
    Retire,
    Send,
    StartChild,
    Tell,
    TellRegister,
    TellRole,
)
from targets.reference.settings import Settings
from targets.reference.simulated import log
from targets.reference.simulated.entry import Entry
from targets.reference.simulated.links import Links
from targets.reference.simulated.node import NodeProgram
from targets.reference.simulated.refusing import RefusingNode, refuses
from targets.reference.simulated.runner import Runner, Saw

# A warm fork, and opening the store.
_START_S = (0.002, 0.02)


class AgentProgram:
    """Offers harness.seams.Running; ends only after its child."""

    def __init__(
        self,
        kernel: Kernel,
        settings: Settings,
        defects: frozenset[str],
        watched: Callable[[Kernel, type], Saw],
    ) -> None:
        """watched: who sees the process's machine of that kind."""
        self._kernel, self._settings, self._defects, self._watched = kernel, settings, defects, watched
        self._child: Child | None = None
        self._ending = False
        self._entry = Entry(kernel)
        self._runner = Runner(kernel, Agent(kernel.host, settings, defects), {}, watched(kernel, Agent))
        self._links = Links(kernel, self._runner.feed, settings)
        self._runner.carry(
            {
                Send: self._links.send,
                Answer: self._links.answer,
                StartChild: lambda effect: kernel.after(kernel.draw.uniform(*_START_S), self._start),
                Keep: self._keep,
                **dict.fromkeys((Tell, TellRole, TellRegister, Alert), self._tell),
            }
        )
        for witness in settings.witnesses:
            self._links.link(witness, WITNESS_PORT)
        if kernel.host in settings.cold:
            self._links.listen(ARCHIVE_PORT)
        self._runner.feed(Began())

    def signalled(self, name: str) -> None:
        if name == "SIGUSR1":
            self._runner.feed(AgentSaw("start"))
        elif not self._ending:
            self._ending = True
            self._end()

    def _start(self) -> None:
        if self._child is None:
            self._child = self._kernel.fork(self._node, stopped=self._stopped, ended=self._ended)

    def _node(self, kernel: Kernel) -> NodeProgram | RefusingNode:
        """What the child puts into the pipe is heard in its order, and before its end."""
        saw = self._watched(kernel, DataNode)

        def said(event: Event) -> None:
            self._kernel.after(0.0, self._heard, event)

        if refuses(kernel, self._defects):
            return RefusingNode(kernel, self._settings, said=said)
        return NodeProgram(
            kernel,
            self._settings,
            self._defects,
            saw,
            said=said,
            claims=lambda epoch: self._kernel.after(0.0, self._claimed, epoch),
            rests=lambda effect: self._kernel.after(0.0, self._rests, effect),
        )

    def _keep(self, effect: Keep) -> None:
        """A disk that fails ends the process, as everywhere."""
        self._runner.block()
        kernel, records = self._kernel, effect.records
        kernel.sync(
            lambda parts: log.ship(kernel.disk, records[:parts]),
            self._runner.go_on,
            kernel.exit,
            len(records),
        )

    def _rests(self, effect: Retire) -> None:
        self._runner.feed(AgentSaw("child rests", effect.epoch, effect.identity, effect.last))

    def _heard(self, event: Event) -> None:
        self._entry.tell(event)

    def _claimed(self, epoch: int) -> None:
        self._runner.feed(AgentSaw("child claims", epoch))

    def _stopped(self) -> None:
        self._runner.feed(AgentSaw("child stopped"))

    def _ended(self) -> None:
        self._child = None
        self._runner.feed(AgentSaw("child ended"))
        if self._ending:
            self._kernel.after(HAND_BACK_S, self._kernel.exit)

    def _end(self) -> None:
        """The child first, so that the lease can be handed back; then this process."""
        if self._child is None:
            self._kernel.exit()
            return
        self._child.signal("SIGTERM")
        self._kernel.after(CHILD_END_LIMIT_S, self._child.signal, "SIGKILL")

    def _tell(self, told: Told) -> None:
        self._entry.tell(event_at(told, host=self._kernel.host, at_s=self._kernel.now_s()))
