"""Set-up makes what is missing and nothing else, in an order that lets each part find what it needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from harness.model.errors import WorldError
from harness.setup import compose_plugin, doctor, engine, images, preparation, toxiproxy_image
from harness.setup.engine import Answer
from harness.setup.preparation import prepare, ready
from harness.setup.steps import alone

OWN = ("reference",)
MESH, REFERENCE = images.image_tag("mesh"), images.image_tag("reference")


class Machine:
    """Stands in for a machine: what it has, what a registry gives, and what was done to it."""

    def __init__(self) -> None:
        self.has: set[str] = set()
        self.registry: set[str] = set()
        self.own_go = False
        self.done: list[str] = []

    def version(self) -> str:
        return "20.10" if "engine" in self.has else ""

    def ask(self) -> Answer:
        return Answer(self.version(), "" if "engine" in self.has else "it sleeps")

    def compose_version(self) -> str:
        return "2.26" if "compose" in self.has else ""

    def makes(self, thing: str, *, needs: str = "", was: str = "") -> Callable[[], None]:
        def make() -> None:
            assert not needs or needs in self.has, f"{thing} was begun before {needs} was there"
            self.has.add(thing)
            self.done.append(was or thing)

        return make

    def missing(self, own: Collection[str]) -> tuple[str, ...]:
        return tuple(image for image in images.needed(own) if image not in self.has)

    def pull(self, image: str) -> bool:
        self.has |= {image} & self.registry
        return image in self.registry

    def build(self, name: str) -> None:
        self.makes(images.image_tag(name), needs=images.BASE)()

    def make_with_own_go(self) -> bool:
        self.done.append("own Go")
        self.has |= {images.TOXIPROXY} if self.own_go else set()
        return self.own_go


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    it = Machine()
    base, toxiproxy = images.BASE, images.TOXIPROXY
    places: dict[object, dict[str, object]] = {
        engine: {
            "version": it.version,
            "ask": it.ask,
            "installed": lambda: "docker.io" in it.has,
            "must_be_ours_to_make": lambda answer: None,
            "install": it.makes("docker.io"),
            "start": it.makes("engine", needs="docker.io"),
        },
        compose_plugin: {
            "version": it.compose_version,
            "must_be_ours_to_install": lambda: None,
            "install": it.makes("compose"),
        },
        images: {
            "missing": it.missing,
            "pull": it.pull,
            "make_base": it.makes(base, needs="engine", was="base"),
            "build": it.build,
        },
        toxiproxy_image: {
            "make_with_own_go": it.make_with_own_go,
            "make_in_container": it.makes(toxiproxy, needs=base, was="Debian's Go"),
        },
    }
    for module, names in places.items():
        for name, stand_in in names.items():
            monkeypatch.setattr(module, name, stand_in)
    monkeypatch.setattr(preparation, "found", lambda program: it.own_go)
    monkeypatch.setattr(preparation, "alone", lambda say: alone(say, lock=tmp_path / "lock"))
    return it


def quiet(line: str) -> None:
    """Says nothing."""


def test_from_nothing_everything_is_made_each_after_what_it_needs(machine: Machine) -> None:
    prepare(quiet, OWN)
    assert machine.done[:2] == ["docker.io", "engine"]
    assert sorted(machine.done[2:]) == sorted(["compose", "base", "Debian's Go", MESH, REFERENCE])
    assert machine.missing(OWN) == ()


def test_what_a_registry_gives_is_not_made(machine: Machine) -> None:
    machine.registry = {images.BASE, images.TOXIPROXY}
    prepare(quiet, OWN)
    assert sorted(machine.done[2:]) == sorted(["compose", MESH, REFERENCE])


def test_what_is_there_is_left_alone(machine: Machine) -> None:
    machine.has = {"docker.io", "engine", "compose", images.BASE, images.TOXIPROXY, MESH}
    prepare(quiet, OWN)
    assert machine.done == [REFERENCE]


def test_the_machine_s_own_go_is_enough(machine: Machine) -> None:
    machine.own_go = True
    prepare(quiet, OWN)
    assert "own Go" in machine.done
    assert "Debian's Go" not in machine.done


def test_a_go_that_is_too_old_is_told_and_debian_s_is_taken(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "found", lambda program: True)
    said: list[str] = []
    prepare(said.append, OWN)
    assert [one for one in machine.done if "Go" in one] == ["own Go", "Debian's Go"]
    assert any("this machine's Go cannot" in line for line in said)


def test_a_full_disk_is_told_and_not_a_crash(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device", "/tmp/base.tar")

    monkeypatch.setattr(images, "make_base", full)
    with pytest.raises(WorldError, match="could not write: /tmp/base") as raised:
        prepare(quiet, OWN)
    assert "free some space" in str(raised.value)


def test_what_fails_is_told_once_everything_else_has_ended(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> None:
        raise WorldError("no mirror")

    monkeypatch.setattr(images, "make_base", refused)
    with pytest.raises(WorldError, match="no mirror"):
        prepare(quiet, OWN)
    assert machine.has == {"docker.io", "engine", "compose"}


def test_a_run_is_told_the_first_thing_that_hinders_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "remedy", lambda answer: f"wake it, for {answer.why}")
    assert ready(OWN) == "no Docker engine answers: it sleeps\n  wake it, for it sleeps"
    machine.has = {"engine", "compose"}
    assert ready(OWN) == f"the image {images.BASE} is missing: run `failover-drill setup`"
    machine.has = {"engine", *images.needed(OWN)}
    assert ready(OWN) == "the Docker Compose plugin is missing: run `failover-drill setup`"
    machine.has.add("compose")
    assert ready(OWN) == ""


def test_what_is_asked_for_is_named_in_the_command_that_makes_it(machine: Machine) -> None:
    machine.has = {"engine", "compose"}
    assert ready(OWN, setup="failover-drill setup --target x").endswith("`failover-drill setup --target x`")


def test_an_engine_that_hangs_is_told_before_anything_is_begun(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Answer] = []

    def refuse(answer: Answer) -> None:
        asked.append(answer)
        raise WorldError("it is not ours to end")

    hangs = Answer("", "it hangs", hangs=True)
    monkeypatch.setattr(engine, "ask", lambda: hangs)
    monkeypatch.setattr(engine, "must_be_ours_to_make", refuse)
    with pytest.raises(WorldError, match="not ours"):
        prepare(quiet, OWN)
    assert (asked, machine.done) == ([hangs], [])


@pytest.mark.docker
def test_set_up_a_second_time_has_nothing_to_do() -> None:
    prepare(quiet, OWN)
    before = {image: images.image_id(image) for image in images.needed(OWN)}
    said: list[str] = []
    began_s = time.monotonic()
    prepare(said.append, OWN)
    took_s = time.monotonic() - began_s
    assert said == []
    assert {image: images.image_id(image) for image in images.needed(OWN)} == before
    assert all(before.values())
    assert ready(OWN) == ""
    assert all(check.ok for check in doctor.checks(OWN, ()) if check.needed)
    # A fifth of a second, and a full minute where anything is made again.
    assert took_s < 10
