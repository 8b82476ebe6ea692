"""What the processes world needs is found, made once, and named with the way to get it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.model.errors import WorldError
from harness.setup import apt, local
from harness.setup.images import TOXIPROXY
from harness.setup.programs import Ended
from harness.setup.toxiproxy_image import _MODULE

NEEDS = {"haproxy": "apt-get install haproxy"}
Answers = Callable[[list[str]], Ended]


class Machine:
    """Its programs, and what it did. `image`: an engine has Toxiproxy's; `go`: builds it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.image = self.go = False
        self.programs = set[str]()
        self.did, self.path = list[str](), folder / "bin"
        self.path.mkdir()
        monkeypatch.setenv("XDG_CACHE_HOME", f"{folder}")
        monkeypatch.setenv("XDG_RUNTIME_DIR", f"{folder}")
        monkeypatch.setattr(local, "environment", lambda: {"PATH": f"{self.path}"})
        monkeypatch.setattr(local, "found", lambda program: program in self.programs)
        monkeypatch.setattr(local, "run", self._run)
        monkeypatch.setattr(local, "go_install", self._go_install)
        monkeypatch.setattr(apt, "usable", lambda: True)
        monkeypatch.setattr(apt, "install", self._installed)

    def _run(self, argv: list[str], *, limit_s: float, env: Mapping[str, str] | None = None) -> Ended:
        self.did.append(" ".join(argv[:2]))
        if argv[:2] == ["docker", "cp"]:
            Path(argv[-1]).write_text("from the image")
        if argv[-1] == "-version":
            return Ended(0, Path(argv[0]).read_text(), "")
        return Ended(0 if self.image else 1, "c0ffee", "")

    def _go_install(self, folder: Path) -> Path | None:
        self.did.append("go install")
        (folder / "server").write_text("built")
        return folder / "server" if self.go else None

    def _installed(self, *packages: str) -> None:
        self.programs.update(packages)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def prepared() -> str:
    """What it is then; the file's text."""
    local.prepare(lambda text: None, NEEDS)
    path = local.toxiproxy()
    assert path is not None
    return path.read_text()


def test_an_engine_that_has_the_image_gives_it_and_its_container_goes_again(machine: Machine) -> None:
    machine.image = True
    assert prepared() == "from the image"
    assert machine.did == ["docker create", "docker cp", "docker rm"]
    assert local.hindrance(NEEDS) == ""


def test_without_one_it_is_built_and_kept(machine: Machine) -> None:
    machine.go = True
    assert prepared() == "built"
    machine.did.clear()
    assert prepared() == "built"
    assert machine.did == []


def test_where_neither_can_be_the_ways_to_get_it_are_told(machine: Machine) -> None:
    with pytest.raises(WorldError, match=r"toxiproxy-server 2\.12\.0 into your PATH"):
        prepared()
    assert "setup --world processes" in local.hindrance(NEEDS)


@pytest.mark.parametrize(
    ("says", "is_taken"), [("toxiproxy-server version 2.12.0\n", True), ("2.1.4\n", False)]
)
def test_a_server_in_path_is_taken_when_it_is_of_that_version(
    machine: Machine, says: str, is_taken: bool
) -> None:
    other = machine.path / "toxiproxy-server"
    other.write_text(says)
    other.chmod(0o755)
    assert (local.toxiproxy() == other) == is_taken


def test_what_a_target_needs_is_installed_or_named(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.go = True
    monkeypatch.setattr(apt, "usable", lambda: False)
    with pytest.raises(WorldError, match="haproxy is missing: apt-get install haproxy"):
        prepared()
    monkeypatch.setattr(apt, "usable", lambda: True)
    assert prepared()
    assert machine.programs == {"haproxy"}


def test_its_version_is_that_of_the_image_and_of_the_module() -> None:
    assert _MODULE.endswith(f"@v{TOXIPROXY.rpartition(':')[2]}")


def test_what_a_run_is_made_from_is_told_by_version_and_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Toxiproxy that was built from its module does not know its own version."""
    server, router = tmp_path / "toxiproxy", tmp_path / "haproxy"
    server.write_text("server")
    router.write_text("#!/bin/sh\necho 'HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://'\n")
    router.chmod(0o755)
    monkeypatch.setattr(local, "toxiproxy", lambda: server)
    monkeypatch.setattr(local, "environment", lambda: {"PATH": f"{tmp_path}"})
    found = local.identities(NEEDS)
    assert list(found) == [f"toxiproxy {TOXIPROXY.rpartition(':')[2]}", "haproxy 2.6.12-1+deb12u4"]
    assert found["toxiproxy 2.12.0"] == f"sha256:{hashlib.sha256(b'server').hexdigest()}"
    monkeypatch.setattr(local, "environment", lambda: {"PATH": "/nowhere"})
    assert list(local.identities(NEEDS)) == ["toxiproxy 2.12.0"]
