"""The health port of a data node at rest, over real sockets and with real processes."""

from __future__ import annotations

import asyncio
import urllib.error
from pathlib import Path
from urllib.request import urlopen

from harness.model.event import RoleChanged
from targets.reference.driver.rest import Rest
from targets.reference.driver.surroundings import HEALTH_PORT
from targets.reference.machines.words.messages import Place
from targets.reference.settings import Settings
from tests.targets.reference.driver.sockets import free_port
from tests.targets.reference.driver.strangers import quiet
from tests.targets.reference.driver.test_health import ask
from tests.targets.reference.loopback import LoopbackStack, running_stack

METRICS = b"GET /metrics HTTP/1.0\r\n\r\n"


def resting(port: int) -> Rest:
    return Rest("127.0.0.1", port=port, refusals=quiet(), kept=lambda: (4, Place(3, 17)))


def test_it_answers_while_it_rests_and_leaves_the_port_to_its_node() -> None:
    async def go() -> list[bytes]:
        port = free_port()
        rest, answers = resting(port), []
        for _ in range(3):
            rest.begin()
            await asyncio.sleep(0.01)
            answers.append(await ask(port, METRICS))
            answers.append(await ask(port, b"GET /primary HTTP/1.0\r\n\r\n"))
            rest.end()
            # As its node does, which is started at once.
            (await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", port)).close()
        return answers

    assert asyncio.run(go()) == [b"HTTP/1.0 200 OK", b"HTTP/1.0 503 Service Unavailable"] * 3


def test_a_rest_that_ends_as_it_begins_takes_no_port() -> None:
    async def go() -> None:
        port = free_port()
        for turns in range(4):
            rest = resting(port)
            rest.begin()
            for _ in range(turns):
                await asyncio.sleep(0)
            rest.end()
            await asyncio.sleep(0)
            (await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", port)).close()

    asyncio.run(go())


def test_a_cold_standby_has_metrics_at_rest_and_when_it_was_started(tmp_path: Path) -> None:
    settings = Settings(replication="async", standby={"n2": "cold"}, ship_interval_s=0.2)
    with running_stack(tmp_path, network=74, settings=settings) as stack:
        stack.until(lambda: stack.primary() == "n1" and role(stack) == "cold")
        stack.until(lambda: shows(stack, 'failover_role{role="cold"} 1'))
        stack.start_child("n2")
        stack.until(lambda: shows(stack, 'failover_role{role="cold"} 0'))
        # It follows, and goes to rest again.
        stack.until(lambda: shows(stack, 'failover_role{role="cold"} 1'))


def role(stack: LoopbackStack) -> str:
    said = [event.role for event in stack.events if isinstance(event, RoleChanged) and event.host == "n2"]
    return said[-1] if said else ""


def shows(stack: LoopbackStack, line: str) -> bool:
    try:
        with urlopen(f"http://{stack.addresses['n2']}:{HEALTH_PORT}/metrics", timeout=2) as answer:
            return line in answer.read().decode()
    except (urllib.error.URLError, ConnectionError):
        return False
