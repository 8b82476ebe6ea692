"""The Compose plugin is taken from the machine's own suite where that has it, else from a newer Debian."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.errors import WorldError
from harness.setup import apt, compose_plugin


class Packages:
    """The machine's package lists, and what was done with them."""

    def __init__(self, known: dict[str, str]) -> None:
        self.known, self.done = known, list[str]()

    def candidate(self, package: str) -> str:
        return self.known.get(package, "")

    def install(self, *packages: str) -> None:
        self.done += packages

    def renew_lists(self) -> None:
        self.done.append("renew lists")

    def take_from_newer_debian(self) -> None:
        self.done.append("take from newer Debian")


def installed_from(known: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    packages = Packages(known)
    for name in ("candidate", "install", "renew_lists"):
        monkeypatch.setattr(apt, name, getattr(packages, name))
    monkeypatch.setattr(compose_plugin, "_take_from_newer_debian", packages.take_from_newer_debian)
    monkeypatch.setattr(compose_plugin, "version", lambda: "2.26")
    compose_plugin.install()
    return packages.done


def test_ubuntu_s_own_package_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"docker-compose": "1.29.2-6", "docker-compose-v2": "2.24.6+ds1-0ubuntu2"}
    assert installed_from(known, monkeypatch) == ["docker-compose-v2"]


def test_a_newer_debian_s_own_package_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert installed_from({"docker-compose": "1:2.26.1-4"}, monkeypatch) == ["docker-compose"]


def test_version_1_is_another_program_and_never_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert installed_from({"docker-compose": "1.29.2-3"}, monkeypatch) == ["take from newer Debian"]


def test_a_machine_without_lists_renews_them_before_it_looks_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert installed_from({}, monkeypatch) == ["renew lists", "take from newer Debian"]


def test_without_root_a_person_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(WorldError, match="docker-compose-v2"):
        compose_plugin.must_be_ours_to_install()


def test_the_plugin_lies_where_the_docker_command_looks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "config"))
    (tmp_path / "plugin").write_text("#!/bin/sh\n")
    compose_plugin._place(tmp_path / "plugin")
    placed = tmp_path / "config/cli-plugins/docker-compose"
    assert placed.stat().st_mode & 0o777 == 0o755
