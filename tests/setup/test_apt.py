"""The machine's own mirror is read from its sources, in either form; no host is ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.errors import WorldError
from harness.setup.apt import Mirror, machine_mirror


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return folder


def test_a_stanza_names_the_mirror_and_its_keyring(tmp_path: Path) -> None:
    write(
        tmp_path,
        "sources.list.d/debian.sources",
        "Types: deb\n# a comment: with a colon\nURIs: http://mirror.test/debian\nSuites: bookworm\n"
        "Components: main\nSigned-By: /usr/share/keyrings/k.gpg\n",
    )
    keyring = "/usr/share/keyrings/k.gpg"
    assert machine_mirror(tmp_path) == Mirror("http://mirror.test/debian", keyring, ("bookworm",))


def test_the_security_archive_and_disabled_sources_are_passed_over(tmp_path: Path) -> None:
    write(
        tmp_path,
        "sources.list.d/debian.sources",
        "Types: deb\nURIs: http://mirror.test/security\nSuites: bookworm-security\nComponents: main\n\n"
        "Types: deb\nEnabled: no\nURIs: http://mirror.test/off\nSuites: bookworm\nComponents: main\n\n"
        "Types: deb\nURIs: http://mirror.test/debian\nSuites: bookworm\nComponents: main\n",
    )
    assert machine_mirror(tmp_path).uri == "http://mirror.test/debian"


def test_a_one_line_source_is_read_with_its_options(tmp_path: Path) -> None:
    write(
        tmp_path,
        "sources.list",
        "# deb http://no.test x main\ndeb [arch=amd64 signed-by=/k.gpg] http://a.test b main\n",
    )
    assert machine_mirror(tmp_path) == Mirror("http://a.test", "/k.gpg", ("b",))


def test_a_third_party_source_without_main_is_not_the_mirror(tmp_path: Path) -> None:
    write(tmp_path, "sources.list", "deb http://third.test stable tools\ndeb http://a.test b main\n")
    assert machine_mirror(tmp_path).uri == "http://a.test"


def test_a_third_party_source_with_a_main_of_its_own_is_not_the_mirror_either(tmp_path: Path) -> None:
    write(tmp_path, "sources.list.d/a.list", "deb http://third.test/a cloud main\n")
    write(tmp_path, "sources.list.d/b.list", "deb http://mirror.test/debian bookworm main\n")
    assert machine_mirror(tmp_path, codename="bookworm").uri == "http://mirror.test/debian"
    assert machine_mirror(tmp_path, codename="unheard-of").uri == "http://third.test/a"


def test_a_machine_without_a_mirror_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="no Debian mirror"):
        machine_mirror(tmp_path)
