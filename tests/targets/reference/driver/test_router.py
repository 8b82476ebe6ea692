"""The router as it is shipped: HAProxy with our own configuration, moved over its runtime API."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from harness.setup.images import image_tag
from targets.reference import client
from targets.reference.driver import health, router
from targets.reference.driver.router import Router
from targets.reference.driver.wire import Hello, Splitter, encode
from targets.reference.machines.words.grammar import Alert, LetGo, Redirect, Tell, Validate
from targets.reference.machines.words.messages import Read, Reply, Write
from targets.reference.settings import Settings
from tests.targets.reference.driver.sockets import free_port, until
from tests.targets.reference.driver.strangers import quiet

CONFIGURATION = Path(__file__).resolve().parents[4] / "compose" / "reference" / "haproxy.cfg"
STATE = CONFIGURATION.with_name("down.state")
# HAProxy as it is shipped, in the image of the reference stack, on the loopback of this machine.
HAPROXY = ("docker", "run", "--rm", "--init", "--network=host", "--label=failover-drill.test=router")

# "operational state: running, administrative state: none, weights 1 and 1"
_RUNNING = " 2 0 1 1 "

# One loopback network for each test, so that none meets another's sockets in TIME_WAIT.
_networks = itertools.count(20)


class Node:
    """A data node as the router sees it: a health port and a greeting; it keeps one value for each key."""

    def __init__(self, name: str, address: str) -> None:
        self.name, self.address, self.primary = name, address, False
        self.values: dict[str, str] = {}
        self.outcome: Callable[[], str] = lambda: "ok" if self.primary else "fail"

    async def listen(self) -> list[asyncio.Server]:
        return [
            await asyncio.start_server(self._serve, self.address, 7000),
            await health.listen(self.address, 8008, serving=lambda: self.primary, refusals=quiet()),
        ]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        splitter = Splitter()
        writer.write(encode(Hello(self.name)))
        while chunk := await reader.read(1 << 16):
            for frame in splitter.feed(chunk):
                if isinstance(frame, Write | Read):
                    writer.write(encode(self._reply(frame)))
        writer.close()

    def _reply(self, frame: Write | Read) -> Reply:
        if isinstance(frame, Write) and self.outcome() == "ok":
            self.values[frame.key] = frame.value
        outcome: Literal["ok", "fail"] = "ok" if self.outcome() == "ok" else "fail"
        return Reply(frame.request, outcome, self.name, 1, self.values.get(frame.key, ""))


class Cluster:
    def __init__(self) -> None:
        network = f"127.0.{next(_networks)}"
        self.nodes = [Node("n1", f"{network}.1"), Node("n2", f"{network}.2")]
        self.router_address, self.admin_port = f"{network}.9", free_port()
        self.told: list[Tell | Alert] = []

    async def reached(self) -> str:
        """Whom a new connection through the router reaches; empty for nobody."""
        try:
            async with asyncio.timeout(1):
                connection = await client.connect("router")
        except OSError:
            return ""
        name = connection.greeted.result()
        connection.close()
        return name

    async def until_checked(self) -> None:
        """Before its first checks are through, HAProxy holds every node for well."""
        async with asyncio.timeout(5):
            while True:
                try:
                    state = await router._command("router", "show servers state data\n")
                except OSError:
                    state = _RUNNING
                if _RUNNING not in state:
                    return
                await asyncio.sleep(0.01)

    async def until_reached(self, name: str) -> None:
        async with asyncio.timeout(5):
            while await self.reached() != name:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def a_cluster(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Cluster, Router]]:
    cluster = Cluster()
    addresses = {"router": cluster.router_address}
    monkeypatch.setattr(client, "address", addresses.__getitem__)
    monkeypatch.setattr(router, "address", addresses.__getitem__)
    configuration = CONFIGURATION.read_text()
    configuration = configuration.replace("ipv4@*:9999", f"ipv4@{cluster.router_address}:9999")
    configuration = configuration.replace("bind *:7000", f"bind {cluster.router_address}:7000")
    configuration = configuration.replace("bind *:8008", f"bind {cluster.router_address}:8008")
    for node in cluster.nodes:
        configuration = configuration.replace(f" {node.name}:7000", f" {node.address}:7000")
    servers = [server for node in cluster.nodes for server in await node.listen()]
    file = folder / "haproxy.cfg"
    file.write_text(configuration)
    words = (
        *HAPROXY,
        f"--volume={file}:{file}:ro",
        image_tag("reference"),
        "haproxy",
        "-db",
        "-f",
        f"{file}",
    )
    haproxy = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.DEVNULL)
    try:
        await cluster.until_checked()
        yield cluster, Router(Settings(), host="w1", serving=lambda: True, tell=cluster.told.append)
    finally:
        haproxy.terminate()
        await haproxy.wait()
        for server in servers:
            server.close()
        await asyncio.sleep(0.02)


@pytest.mark.docker
def test_checks_alone_find_the_primary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with a_cluster(tmp_path, monkeypatch) as (cluster, _):
            cluster.nodes[1].primary = True
            await cluster.until_reached("n2")

    asyncio.run(go())


@pytest.mark.docker
def test_a_redirect_moves_the_router_cuts_old_sessions_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        async with a_cluster(tmp_path, monkeypatch) as (cluster, driver):
            old, new = cluster.nodes
            old.primary = True
            await cluster.until_reached("n1")
            session = await client.connect("router")
            old.primary, new.primary = False, True
            driver.redirect(Redirect("n2", 2))
            await until(lambda: bool(cluster.told))
            assert cluster.told == [Tell("redirected", 2, "n2")]
            await until(lambda: session.closed)
            assert await cluster.reached() == "n2"

    asyncio.run(go())


@pytest.mark.docker
def test_an_order_of_an_older_epoch_from_another_host_does_no_lasting_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        async with a_cluster(tmp_path, monkeypatch) as (cluster, driver):
            cluster.nodes[1].primary = True
            await cluster.until_reached("n2")
            driver.redirect(Redirect("n1", 1))
            await until(lambda: bool(cluster.told))
            await asyncio.sleep(0.25)
            assert {await cluster.reached() for _ in range(5)} == {"n2"}

    asyncio.run(go())


@pytest.mark.docker
def test_a_canary_that_comes_back_validates_and_one_that_does_not_calls_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router, "CANARY_LIMIT_S", 0.3)

    async def go() -> None:
        async with a_cluster(tmp_path, monkeypatch) as (cluster, driver):
            cluster.nodes[0].primary = True
            await cluster.until_reached("n1")
            driver.validate(Validate(1, "n1"))
            await until(lambda: len(cluster.told) == 1)
            assert cluster.told == [Tell("validated", 1, "n1")]
            cluster.nodes[0].outcome = lambda: "fail"
            driver.validate(Validate(2, "n1"))
            await until(lambda: len(cluster.told) == 2)
            assert isinstance(cluster.told[1], Alert)
            assert "canary" in cluster.told[1].text

    asyncio.run(go())


def test_an_older_epoch_is_not_carried_out_after_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever waits for a router that does not answer is given up when a newer epoch comes."""
    asked: list[str] = []

    async def command(host: str, commands: str, may: Callable[[], bool]) -> str:
        asked.append(" ".join(commands.split()[:3]))
        if len(asked) < 3:
            raise ConnectionRefusedError("the router is not there")
        return ""

    monkeypatch.setattr(router, "_command", command)

    async def go() -> list[Tell | Alert]:
        told: list[Tell | Alert] = []
        driver = Router(Settings(), host="w1", serving=lambda: True, tell=told.append)
        driver.redirect(Redirect("n1", 1))
        await until(lambda: len(asked) == 1)
        driver.redirect(Redirect("n2", 2))
        driver.redirect(Redirect("n1", 1))
        driver.validate(Validate(1, "n1"))
        await until(lambda: bool(told))
        await asyncio.sleep(0.1)
        return told

    assert asyncio.run(go()) == [Tell("redirected", 2, "n2")]
    moves = [f"set server data/{node}" for node in ("n1", "n2", "n2")]
    assert asked == [*moves, "shutdown sessions server"]


def test_who_reigns_no_more_lets_go_of_the_router(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions that a newer primary has already are not cut, and no canary of the old reign is sent."""
    asked: list[str] = []

    async def command(host: str, commands: str, may: Callable[[], bool]) -> str:
        asked.append(" ".join(commands.split()[:3]))
        return ""

    async def go() -> list[Tell | Alert]:
        told: list[Tell | Alert] = []
        driver = Router(Settings(), host="n1", serving=lambda: True, tell=told.append)
        driver.redirect(Redirect("n1", 1))
        driver.validate(Validate(1, "n1"))
        await until(lambda: bool(told))
        driver.let_go(LetGo(1))
        await asyncio.sleep(0.1)
        driver.redirect(Redirect("n1", 1))
        await asyncio.sleep(0)
        return told

    monkeypatch.setattr(router, "_command", command)
    assert asyncio.run(go()) == [Tell("redirected", 1, "n1")]
    assert asked == ["set server data/n1"]


def test_a_host_without_its_lease_does_not_move_the_router(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been frozen since it was promoted, and another one reigns meanwhile."""
    serves, heard = False, list[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.close()

    async def go() -> None:
        nonlocal serves
        port, told = free_port(), list[Tell | Alert]()
        monkeypatch.setattr(router, "address", lambda name: "127.0.0.1")
        monkeypatch.setattr(router, "ROUTER_ADMIN_PORT", port)
        async with await asyncio.start_server(serve, "127.0.0.1", port):
            Router(Settings(), host="n1", serving=lambda: serves, tell=told.append).redirect(
                Redirect("n1", 1)
            )
            await until(lambda: len(heard) > 2)
            assert set(heard) == {b""} and told == []
            serves = True
            await until(lambda: bool(told))

    asyncio.run(go())
    assert any(b"set server data/n1 state ready" in line for line in heard)


@pytest.mark.docker
def test_the_router_tells_its_own_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> str:
        async with a_cluster(tmp_path, monkeypatch) as (cluster, _):
            url = f"http://{cluster.router_address}:8008/metrics"
            return await asyncio.to_thread(fetched, url)

    def fetched(url: str) -> str:
        with urlopen(url, timeout=5) as answer:
            text: str = answer.read().decode()
        return text

    names = {family.name for family in text_string_to_metric_families(asyncio.run(go()))}
    assert {"haproxy_server_status", "haproxy_backend_sessions"} <= names
