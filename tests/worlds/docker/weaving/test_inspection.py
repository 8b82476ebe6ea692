"""What cannot be woven is found before anything begins, in whichever stack it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec import structs

from harness.model.errors import DrillError
from harness.seams import Stack
from harness.worlds.docker.weaving.dialect import Table
from harness.worlds.docker.weaving.inspection import must_weave
from tests.worlds.docker.examples import compose, host, stack
from tests.worlds.docker.weaving.test_composefile import fake_docker


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Compose plugin that gives every file back as it is, and keeps a line of each question."""
    fake_docker(tmp_path, monkeypatch, f'echo "$3" >> {tmp_path}/asked; cat "$3"')
    return tmp_path


def of(folder: Path, name: str, written: Table) -> Stack:
    (folder / name).write_text(json.dumps(written))
    return structs.replace(stack(), compose_file=str(folder / name))


def test_a_wrong_file_behind_a_good_one_is_found(plugin: Path) -> None:
    good, wrong = of(plugin, "good", compose()), of(plugin, "wrong", compose(a={"privileged": True}))
    with pytest.raises(DrillError, match="gives it the whole machine") as raised:
        must_weave([good, wrong])
    assert (raised.value.path, raised.value.field) == (str(plugin / "wrong"), "services.a.privileged")


def test_what_only_shows_in_weaving_is_found(plugin: Path) -> None:
    clash = of(plugin, "clash", compose(a={"hostname": "b"}))
    with pytest.raises(DrillError):
        must_weave([clash])


def test_stacks_of_a_kind_are_looked_at_once(plugin: Path) -> None:
    one = of(plugin, "one", compose())
    drawn_anew = structs.replace(one, environment={"TOKEN": "another"})
    fewer = structs.replace(one, hosts=(host("a", 5432),))
    must_weave([one, drawn_anew, fewer, one])
    assert (plugin / "asked").read_text().splitlines() == [str(plugin / "one")] * 2


def test_a_service_that_a_stack_brings_is_woven_like_the_file_s_own(plugin: Path) -> None:
    asker: Table = {"image": "ours", "command": ["ask"]}
    brought = structs.replace(
        of(plugin, "one", compose()), hosts=(host("a", 5432), host("asker")), services={"asker": asker}
    )
    must_weave([brought])
    with pytest.raises(DrillError, match="which is not there; there are"):
        must_weave([structs.replace(brought, services={})])


def test_a_service_of_that_name_in_the_file_is_named(plugin: Path) -> None:
    brought = structs.replace(of(plugin, "one", compose()), services={"a": {"image": "ours"}})
    with pytest.raises(DrillError, match="call yours something else") as raised:
        must_weave([brought])
    assert raised.value.field == "services.a"
