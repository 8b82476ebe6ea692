"""Which volumes are of a size that a drill can fill, and who keeps them mounted."""

from __future__ import annotations

from harness.model.drill import Json
from harness.worlds.docker.weaving.dialect import Table
from harness.worlds.docker.weaving.disks import limited_volumes, mounts, of_a_size


def service(*rows: Json) -> Table:
    return {"volumes": [*rows]}


def volume(name: str) -> Table:
    return {"type": "volume", "source": name, "target": f"/{name}"}


def test_named_volumes_are_of_a_size_once_each_and_nothing_else_is() -> None:
    bound: Table = {"type": "bind", "source": "/data", "target": "/data"}
    nameless: Table = {"type": "volume", "target": "/cache"}
    there: Table = {"a": {}, "b": {}, "other": {}}
    assert limited_volumes(service(volume("b"), bound, nameless, volume("a"), volume("b")), there) == [
        "b",
        "a",
    ]


def test_a_volume_with_options_of_its_own_stays_as_the_person_has_it() -> None:
    there: Table = {"a": {"driver_opts": {"type": "nfs"}}, "b": {"external": True}, "c": {}}
    assert limited_volumes(service(volume("a"), volume("b"), volume("c")), there) == ["c"]


def test_its_size_is_the_volumes_own_and_all_else_of_it_is_kept() -> None:
    sized = of_a_size({"labels": {"x": "y"}})
    assert sized["labels"] == {"x": "y"}
    assert sized["driver_opts"] == {"type": "tmpfs", "device": "tmpfs", "o": "size=64m"}


def test_a_sandbox_mounts_each_below_one_place() -> None:
    assert mounts(["a"]) == [{"type": "volume", "source": "a", "target": "/failover-drill/disks/a"}]
