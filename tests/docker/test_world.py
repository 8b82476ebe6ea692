"""One stack in containers, from its start to its last trace."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from pathlib import Path

import docker
import pytest

from harness.model.command import Control, Heal, Inject, ReadAll, Wake
from harness.model.errors import HarnessError, WorldError
from harness.model.event import Applied, Controlled, Event, Failed, FinalRead, Healed, HealthReported, Woke
from harness.model.fault import Kill
from harness.worlds.docker.clean import clean
from harness.worlds.docker.stack.bringup import Bringup
from harness.worlds.docker.world import DockerWorld
from tests.docker.echotarget import EchoTarget, plan
from tests.docker.inside import Inside, left_of

pytestmark = pytest.mark.docker

# Far more than any of this takes; what it guards against is "never".
PATIENCE_S = 30.0

Opened = Callable[..., DockerWorld]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Opens a stack of the test's own, in the folder tmp_path; closed at the end whatever happens."""
    worlds: list[DockerWorld] = []

    def open_one(*, keep: bool = False) -> DockerWorld:
        worlds.append(DockerWorld.open(plan(), EchoTarget(), tmp_path, lambda text: None, keep))
        return worlds[-1]

    yield open_one
    for world in worlds:
        world.close()


def events_until(world: DockerWorld, wanted: type[Event]) -> list[Event]:
    events: list[Event] = []
    give_up_s = time.monotonic() + PATIENCE_S
    while not any(isinstance(event, wanted) for event in events):
        assert time.monotonic() < give_up_s, f"no {wanted.__name__} came, only {events}"
        events += world.advance()
    return events


def applied(world: DockerWorld) -> Applied:
    return next(each for each in events_until(world, Applied) if isinstance(each, Applied))


def run_id(client: docker.DockerClient, folder: Path) -> str:
    return Inside(client, folder).project.removeprefix("failover-drill-")


def test_the_observers_hear_every_host_at_times_of_the_run(world: DockerWorld) -> None:
    health: list[HealthReported] = []
    while len(health) < 2:
        events = events_until(world, HealthReported)
        health += [event for event in events if isinstance(event, HealthReported)]
    assert [(event.host, event.detail) for event in health] == [("a", "echo-a hello"), ("b", "b hello")]
    assert all(0 < event.at_s <= world.now_s() for event in health)


def test_a_wake_comes_after_its_time_and_a_turn_takes_no_longer_than_its_tenth(world: DockerWorld) -> None:
    asked_s = world.now_s()
    world.perform(Wake("w", 0.25))
    woke = next(event for event in events_until(world, Woke) if isinstance(event, Woke))
    assert (woke.wake_id, woke.at_s >= asked_s + 0.25) == ("w", True)


def test_a_control_is_accepted_or_refused(world: DockerWorld) -> None:
    world.perform(Control("c1", "ask", "b"))
    accepted = next(each for each in events_until(world, Controlled) if isinstance(each, Controlled))
    assert (accepted.ok, accepted.detail) == (True, "b hello")
    world.perform(Control("c2", "switchover", "b"))
    refused = next(each for each in events_until(world, Controlled) if isinstance(each, Controlled))
    assert (refused.control_id, refused.ok) == ("c2", False)


def test_everything_is_read_back_at_a_host(world: DockerWorld) -> None:
    world.perform(ReadAll("r", "a", ""))
    read = next(event for event in events_until(world, FinalRead) if isinstance(event, FinalRead))
    assert (read.host, read.values) == ("a", ("echo-a hello",))


def test_a_container_that_a_fault_ends_does_not_break_the_world(world: DockerWorld, inside: Inside) -> None:
    world.perform(Inject("f1", Kill("b", "process")))
    assert "gone" in applied(world).evidence[0]
    assert not inside.connect("a", "b", 7000).startswith("said b")
    world.perform(Heal("f1"))
    events_until(world, Healed)
    assert eventually(lambda: inside.connect("a", "b", 7000)) == "said b hello"
    world.perform(Wake("whole", 0.0))
    events_until(world, Woke)


def test_a_fault_that_cannot_be_has_failed_under_its_id(world: DockerWorld) -> None:
    world.perform(Heal("never injected"))
    failed = next(each for each in events_until(world, Failed) if isinstance(each, Failed))
    assert failed.command_id == "never injected"


def test_a_person_is_told_what_was_left_out(world: DockerWorld, said: list[str]) -> None:
    assert any(text.startswith("a: ports is left out") for text in said)
    assert any(text.startswith("a: restart is left out") for text in said)
    assert said[-1].startswith("the stack is up after")


def test_a_container_that_ends_by_itself_breaks_the_world_and_closing_leaves_nothing(
    opened: Opened, tmp_path: Path, client: docker.DockerClient
) -> None:
    world = opened()
    inside = Inside(client, tmp_path)
    inside.container("b").kill(signal=signal.SIGTERM)
    with pytest.raises(WorldError, match="b ended by itself, with exit code 0") as caught:
        events_until(world, Woke)
    assert "listening costs 5$ at home" in str(caught.value)
    with pytest.raises(WorldError):
        world.perform(Wake("w", 1.0))
    world.close()
    world.close()
    assert left_of(client, run_id(client, tmp_path)) == []
    assert "listening costs 5$ at home" in (tmp_path / "logs" / "b.log").read_text()


def test_a_stack_that_is_kept_stays_until_its_owner_is_gone(
    opened: Opened, tmp_path: Path, client: docker.DockerClient
) -> None:
    world = opened(keep=True)
    world.close()
    kept = run_id(client, tmp_path)
    clean(lambda text: None)
    assert Inside(client, tmp_path).connect("a", "b", 7000) == "said b hello"
    # The woven file is an ordinary one: by hand it goes, and comes up again whole.
    for words in (["down", "--volumes"], ["up", "--detach"]):
        compose(tmp_path, *words)
    inside = Inside(client, tmp_path)
    assert eventually(lambda: inside.connect("a", "b", 7000)) == "said b hello"
    compose(tmp_path, "down", "--volumes", "--timeout", "0")
    assert left_of(client, kept) == []


def compose(folder: Path, *words: str) -> None:
    file = str(folder / "compose.yaml")
    subprocess.run(["docker", "compose", "--file", file, *words], check=True, capture_output=True)


def eventually(look: Callable[[], str]) -> str:
    """The servers need a moment to start."""
    give_up_s = time.monotonic() + PATIENCE_S
    while not (seen := look()).startswith("said ") and time.monotonic() < give_up_s:
        time.sleep(0.1)
    return seen


@pytest.mark.parametrize("step", [1, 2])
def test_a_start_that_is_stopped_between_two_steps_leaves_nothing(
    step: int, tmp_path: Path, client: docker.DockerClient
) -> None:
    said: list[str] = []

    def say(text: str) -> None:
        if "…" in text:
            said.append(text)
        if len(said) == step:
            raise HarnessError("SIGINT came while the stack was starting")

    with pytest.raises(HarnessError, match="SIGINT"):
        DockerWorld.open(plan(), EchoTarget(), tmp_path, say, False)
    assert left_of(client, run_id(client, tmp_path)) == []


def test_a_block_that_somebody_took_first_is_given_up_for_another(
    opened: Opened,
    inside: Inside,
    tmp_path: Path,
    client: docker.DockerClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken = [IPv4Address(inside.address("fd-sandbox-a", "a")) - 10]
    look = Bringup._block
    monkeypatch.setattr(Bringup, "_block", lambda self: taken.pop() if taken else look(self))
    opened()
    assert taken == []
    assert Inside(client, tmp_path).connect("a", "b", 7000) == "said b hello"


def test_two_stacks_side_by_side_do_not_disturb_each_other(
    opened: Opened, inside: Inside, tmp_path: Path, client: docker.DockerClient
) -> None:
    second = opened()
    other = Inside(client, tmp_path)
    assert other.address("fd-sandbox-a", "a") != inside.address("fd-sandbox-a", "a")
    assert other.connect("a", inside.address("fd-hub", "a"), 7000).startswith("OSError 101")
    assert other.connect("a", "b", 7000) == "said b hello"
    second.close()
    assert inside.connect("a", "b", 7000) == "said b hello"
