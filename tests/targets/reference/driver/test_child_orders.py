"""What an agent orders reaches its child, and each child after it, until it is taken back."""

from __future__ import annotations

import subprocess
import sys

# An agent that does as it is told on standard input; its child repeats every order that it hears.
_AGENT = """
import asyncio, os, signal, sys
import msgspec
from harness.model.event import MomentCame
from targets.reference.driver.child import Child, Forked, become_child
from targets.reference.driver.telling import agent_line
from targets.reference.orders import CrashOrder, SpareOrder

def said(line):
    print(line.moment_id, flush=True)

def ended(how):
    print("ended", flush=True)

def asked():
    for line in os.read(0, 100).decode().splitlines():
        match line.split():
            case ["start"]:
                child.start()
            case ["arm", name]:
                child.order(CrashOrder(name, "sends", "Seal", 1, "before"))
            case ["spare", name]:
                child.order(SpareOrder(name))
            case ["kill"]:
                child.signal(signal.SIGKILL)

loop = asyncio.new_event_loop()
child = Child(said=said, stopped=lambda: None, ended=ended)
loop.add_reader(0, asked)
try:
    loop.run_forever()
except Forked as forked:
    pipe, ear = become_child(forked)
    def say(text):
        os.write(pipe, msgspec.json.encode(MomentCame(moment_id=text, host="", text="", at_s=0.0)) + b"\\n")
    say("runs")
    for line in os.fdopen(ear, "rb"):
        order = agent_line(line)
        say(("armed " if isinstance(order, CrashOrder) else "spared ") + order.name)
"""


class Agent:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _AGENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Agent:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate(timeout=10)

    def told(self, order: str, *heard: str) -> None:
        """It is told this, and exactly these lines are heard next."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        assert [self._process.stdout.readline().strip() for _ in heard] == [*heard]


def test_an_order_reaches_the_child_and_each_one_after_it_until_it_is_taken_back() -> None:
    with Agent() as agent:
        agent.told("start", "runs")
        agent.told("arm one", "armed one")
        agent.told("kill", "ended")
        agent.told("start", "runs", "armed one")
        agent.told("spare one", "spared one")
        agent.told("kill", "ended")
        agent.told("start", "runs")
        agent.told("arm two", "armed two")


def test_an_order_without_a_child_waits_for_one() -> None:
    with Agent() as agent:
        agent.told("arm one")
        agent.told("start", "runs", "armed one")
