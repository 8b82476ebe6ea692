"""The agent's child as a real process: heard to its last word, surely dead, never without its agent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# An agent that starts a child at SIGUSR1 and prints all it hears; the child claims epochs as fast as it can.
_AGENT = """
import asyncio, json, os, signal, sys
from targets.reference.driver.child import Child, Forked, become_child

def say(**words):
    print(json.dumps(words), flush=True)

async def agent():
    def ended(how):
        say(ended=how, pid=pid[-1])
    child = Child(said=lambda line: say(epoch=line.epoch), stopped=lambda: say(stopped=pid[-1]), ended=ended)
    pid = []
    def start():
        child.start()
        loop.call_soon(lambda: (pid.append(child._pid), say(child=child._pid)))
    loop.add_signal_handler(signal.SIGUSR1, start)
    loop.add_signal_handler(signal.SIGCHLD, child.look)
    say(agent=os.getpid())
    kept.append(child)

kept = []
loop = asyncio.new_event_loop()
task = loop.create_task(agent())
try:
    loop.run_forever()
except Forked as forked:
    pipe, ear = become_child(forked)
    async def node():
        for epoch in range(1, 2000):
            os.write(pipe, json.dumps({"type": "child_claims", "epoch": epoch}).encode() + b"\\n")
            with open(sys.argv[1], "w") as file:
                file.write(str(epoch))
        await asyncio.sleep(60)
    asyncio.run(node())
    os._exit(0)
"""


class AgentProcess:
    def __init__(self, folder: Path) -> None:
        self.sent = folder / "sent"
        self._process = subprocess.Popen(
            [sys.executable, "-c", _AGENT, f"{self.sent}"], stdout=subprocess.PIPE, text=True
        )
        self.pid = int(self.next("agent")["agent"])

    def next(self, word: str) -> dict[str, Any]:
        """The next line that has this word; those before it are counted as heard epochs."""
        assert self._process.stdout is not None
        self.heard = 0
        for line in self._process.stdout:
            said: dict[str, Any] = json.loads(line)
            self.heard = said.get("epoch", self.heard)
            if word in said:
                return said
        raise AssertionError(f"the agent ended without saying '{word}'")

    def start_child(self) -> int:
        os.kill(self.pid, signal.SIGUSR1)
        return int(self.next("child")["child"])

    def end(self) -> None:
        self._process.kill()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def an_agent(folder: Path) -> Iterator[AgentProcess]:
    agent = AgentProcess(folder)
    try:
        yield agent
    finally:
        agent.end()


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_every_word_of_a_killed_child_is_heard_before_its_end(tmp_path: Path) -> None:
    with an_agent(tmp_path) as agent:
        child = agent.start_child()
        while not agent.sent.exists() or not agent.sent.read_text():
            time.sleep(0.0005)
        os.kill(child, signal.SIGKILL)
        ended = agent.next("ended")
        assert ended["ended"] == "ended by SIGKILL"
        # The file is written after the word: whatever it names was said.
        assert agent.heard >= int(agent.sent.read_text() or 0)
        assert agent.heard > 0
        assert not alive(child)


def test_a_child_that_ended_can_be_started_again_and_again(tmp_path: Path) -> None:
    with an_agent(tmp_path) as agent:
        children = []
        for _ in range(3):
            children.append(agent.start_child())
            os.kill(children[-1], signal.SIGTERM)
            assert agent.next("ended")["ended"] == "ended by SIGTERM"
        assert len(set(children)) == 3


def test_a_child_dies_with_its_agent(tmp_path: Path) -> None:
    with an_agent(tmp_path) as agent:
        child = agent.start_child()
        assert alive(child)
        os.kill(agent.pid, signal.SIGKILL)
        until_s = time.monotonic() + 5
        while alive(child) and time.monotonic() < until_s:
            time.sleep(0.005)
        assert not alive(child)


def test_a_second_start_while_one_runs_changes_nothing(tmp_path: Path) -> None:
    with an_agent(tmp_path) as agent:
        first = agent.start_child()
        assert agent.start_child() == first
        assert alive(first)


def test_a_child_that_was_stopped_is_told_as_such_and_not_as_ended(tmp_path: Path) -> None:
    with an_agent(tmp_path) as agent:
        child = agent.start_child()
        os.kill(child, signal.SIGSTOP)
        assert agent.next("stopped")["stopped"] == child
        os.kill(child, signal.SIGCONT)
        os.kill(child, signal.SIGTERM)
        assert agent.next("ended")["ended"] == "ended by SIGTERM"
