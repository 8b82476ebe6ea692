"""Each fault that a world offers, in each of its modes, is shown by a test to bite and to heal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.inventory import offered, shown

ROOT = Path(__file__).parent.parent.parent
NAMED = sorted({name for at in offered() for name in shown(*at)})


class _Collected:
    def __init__(self) -> None:
        self.names: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.names = {item.nodeid for item in items}


def collected(files: set[str]) -> set[str]:
    """What pytest would run of these files, whatever they need."""
    found = _Collected()
    words = ["--collect-only", "-qq", "-o", "addopts=", "-p", "no:cacheprovider", "--rootdir", f"{ROOT}"]
    pytest.main([*words, *(f"{ROOT / file}" for file in files)], plugins=[found])
    return found.names


@pytest.mark.parametrize(("world", "fault", "mode"), [*offered()])
def test_a_fault_that_is_offered_is_shown_to_bite_and_to_heal(world: str, fault: str, mode: str) -> None:
    assert shown(world, fault, mode)


def test_the_tests_that_show_it_are_there() -> None:
    there = collected({name.partition("::")[0] for name in NAMED})
    assert sorted(set(NAMED) - there) == []
