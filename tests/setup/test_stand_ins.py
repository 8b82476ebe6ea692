"""A stand-in is built only for an image that cannot be had, and never takes its name."""

from __future__ import annotations

import pytest

from harness.setup import images, stand_ins

PAIR = {"redis:8": "debian_redis"}
TAG = images.image_tag("debian_redis")


class Engine:
    def __init__(self, *has: str, registry: bool = False) -> None:
        self.has, self.registry = set(has), registry

    def image_id(self, image: str) -> str:
        return f"id of {image}" if image in self.has else ""

    def pull(self, image: str) -> bool:
        if self.registry:
            self.has.add(image)
        return self.registry

    def build(self, recipe: str) -> None:
        self.has.add(images.image_tag(recipe))


def with_engine(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> Engine:
    for name in ("image_id", "pull", "build"):
        monkeypatch.setattr(images, name, getattr(engine, name))
    return engine


def test_what_a_registry_gives_is_the_image_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = with_engine(monkeypatch, Engine(registry=True))
    stand_ins.prepare(lambda text: None, PAIR)
    assert engine.has == {"redis:8"}
    assert stand_ins.used(PAIR) == {"redis:8": "id of redis:8"}
    assert stand_ins.needed(PAIR) == {}


def test_what_no_registry_gives_is_built_under_a_name_of_its_own_and_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine, said = with_engine(monkeypatch, Engine()), list[str]()
    assert stand_ins.missing(PAIR) == ("redis:8",)
    stand_ins.prepare(said.append, PAIR)
    assert engine.has == {TAG}
    assert any(f"no registry gives redis:8: building {TAG} to stand in for it" in text for text in said)
    assert stand_ins.used(PAIR) == {TAG: f"id of {TAG}"}
    assert stand_ins.needed(PAIR) == PAIR


@pytest.mark.parametrize("there", ["redis:8", TAG])
def test_what_is_there_is_neither_pulled_nor_built(there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_engine(monkeypatch, Engine(there))
    said: list[str] = []
    stand_ins.prepare(said.append, PAIR)
    assert said == []
    assert stand_ins.missing(PAIR) == ()


def test_the_image_itself_goes_before_a_stand_in_that_is_left_of_earlier(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_engine(monkeypatch, Engine("redis:8", TAG))
    assert stand_ins.needed(PAIR) == {}
