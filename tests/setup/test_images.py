"""Images of ours are named by what goes into them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.model.errors import WorldError
from harness.setup import images


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, recipe in images.recipes().items():
        dockerfile = tmp_path / recipe.dockerfile
        dockerfile.parent.mkdir(parents=True, exist_ok=True)
        dockerfile.write_text("FROM debian:trixie-slim\n")
        listed = images.ROOT / "compose" / name / "sources"
        (dockerfile.parent / "sources").write_text(listed.read_text())
        for source, _ in recipe.sources:
            path = tmp_path / source
            path.parent.mkdir(parents=True, exist_ok=True)
            if source.endswith(".py"):
                path.write_text("# code\n")
            else:
                path.mkdir(exist_ok=True)
                (path / "program.py").write_text("print()\n")
    return tmp_path


def tag(name: str, root: Path) -> str:
    return images.image_tag.__wrapped__(name, root=root)


def test_the_same_files_give_the_same_tag(tree: Path) -> None:
    assert tag("mesh", tree) == tag("mesh", tree)
    assert tag("mesh", tree).startswith("failover-drill/mesh:")


def test_a_changed_source_is_another_image(tree: Path) -> None:
    before = tag("reference", tree)
    (tree / "harness/model/program.py").write_text("print(1)\n")
    assert tag("reference", tree) != before


def test_a_changed_dockerfile_is_another_image(tree: Path) -> None:
    before = tag("mesh", tree)
    (tree / "compose/mesh/Dockerfile").write_text("FROM debian:sid-slim\n")
    assert tag("mesh", tree) != before


def test_compiled_leftovers_change_nothing(tree: Path) -> None:
    before = tag("mesh", tree)
    leftovers = tree / "harness/worlds/inside/__pycache__"
    leftovers.mkdir()
    (leftovers / "program.pyc").write_bytes(b"\0")
    assert tag("mesh", tree) == before


def test_two_files_that_swap_their_contents_are_another_image(tree: Path) -> None:
    inside = tree / "harness/worlds/inside"
    (inside / "a.py").write_text("1")
    (inside / "b.py").write_text("2")
    before = tag("mesh", tree)
    (inside / "a.py").write_text("2")
    (inside / "b.py").write_text("1")
    assert tag("mesh", tree) != before


def test_the_context_holds_the_dockerfile_and_every_source(tree: Path) -> None:
    paths = set(images.context("reference", root=tree))
    assert {
        "Dockerfile",
        "harness/__init__.py",
        "harness/model/program.py",
        "targets/reference/program.py",
    } <= paths


def test_the_real_recipes_name_files_that_exist() -> None:
    for name in images.recipes():
        assert images.context(name).keys() > {"Dockerfile"}, f"nothing of ours goes into {name}"


def test_a_folder_of_compose_says_what_goes_into_its_image(tree: Path) -> None:
    folder = tree / "compose" / "mine"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM debian:trixie-slim\n")
    (folder / "sources").write_text("# mine\nharness/model\nharness/worlds/inside -> inside\n")
    paths = set(images.context("mine", root=tree))
    assert paths == {"Dockerfile", "harness/model/program.py", "inside/program.py"}


def test_a_folder_without_such_a_list_is_named(tree: Path) -> None:
    with pytest.raises(WorldError, match="compose/nobody/sources is missing"):
        images.context("nobody", root=tree)


NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_older_images_of_the_same_name_are_dropped_and_young_ones_stay() -> None:
    lines = [
        '2026-11-25T12:00:00.123Z ["failover-drill/mesh:old"]',
        '2026-11-25T12:00:00Z ["failover-drill/mesh:now", "failover-drill/mesh:also-old"]',
        '2026-11-26T11:59:00Z ["failover-drill/mesh:another-checkout-s"]',
        '2026-11-20T12:00:00Z ["failover-drill/meshes:x", "registry.test/failover-drill/mesh:y"]',
        "2026-11-20T12:00:00Z null",
    ]
    dropped = images.older_tags(lines, of="failover-drill/mesh:now", now=NOW)
    assert dropped == ("failover-drill/mesh:also-old", "failover-drill/mesh:old")


def test_a_wheel_that_lost_its_data_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="install failover-drill again"):
        images.context("mesh", root=tmp_path)
