"""Debian and Ubuntu packages: installs what is missing, fetches single packages of another suite.

Names no mirror: what the machine's own sources say is used.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from msgspec import Struct

from harness.model.errors import WorldError
from harness.setup.programs import found, must, run

_QUIET = {"DEBIAN_FRONTEND": "noninteractive"}
_INSTALL_LIMIT_S = 600.0


class Mirror(Struct, frozen=True):
    """Where the machine takes its packages from, and the keyring that signs them ("" for the default)."""

    uri: str
    signed_by: str


def usable() -> bool:
    """Root on a machine with apt: only there packages are installed for the user."""
    return os.geteuid() == 0 and found("apt-get")


def install(*packages: str) -> None:
    """Install packages; the package lists are renewed only when the first try fails."""
    argv = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    if run(argv, limit_s=_INSTALL_LIMIT_S, env=_QUIET).ok:
        return
    run(["apt-get", "update", "-q"], limit_s=120, env=_QUIET)
    must(
        argv,
        limit_s=_INSTALL_LIMIT_S,
        env=_QUIET,
        what=f"could not install {' '.join(packages)}",
        fix=f"run `apt-get update && apt-get install {' '.join(packages)}` as root and look at what it says",
    )


def download_from_suite(package: str, *, suite: str, folder: Path) -> Path:
    """Fetch one package of another suite with lists and cache of its own; returns the .deb."""
    mirror = machine_mirror(Path("/etc/apt"))
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    signed = f"[signed-by={mirror.signed_by}] " if mirror.signed_by else ""
    (folder / "sources.list").write_text(f"deb {signed}{mirror.uri} {suite} main\n")
    options = [
        f"-oDir::Etc::SourceList={folder}/sources.list",
        "-oDir::Etc::SourceParts=/dev/null",
        f"-oDir::State::lists={folder}/lists",
        f"-oDir::Cache={folder}/cache",
        "-oAPT::Sandbox::User=root",
    ]
    fix = f"the machine's apt mirror must carry the suite {suite}; check /etc/apt and the network"
    what = f"could not fetch {package} from {suite}"
    must(["apt-get", *options, "update", "-q"], limit_s=120, what=what, fix=fix)
    must(["apt-get", *options, "download", package], limit_s=120, cwd=folder, what=what, fix=fix)
    packages = sorted(folder.glob(f"{package}_*.deb"))
    if not packages:
        raise WorldError(f"{what}: apt-get named no file\n  {fix}")
    return packages[0]


def machine_mirror(etc_apt: Path) -> Mirror:
    """The first Debian mirror in the machine's sources, in either form that apt reads."""
    for path in sorted(etc_apt.glob("sources.list.d/*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text(errors="replace")):
            if mirror := _from_stanza(stanza):
                return mirror
    for path in [etc_apt / "sources.list", *sorted(etc_apt.glob("sources.list.d/*.list"))]:
        for line in path.read_text(errors="replace").splitlines() if path.exists() else []:
            if mirror := _from_line(line):
                return mirror
    raise WorldError(f"no Debian mirror is named below {etc_apt}: add one, then try again")


def _from_stanza(stanza: str) -> Mirror | None:
    fields: dict[str, str] = {}
    for line in stanza.splitlines():
        name, colon, value = line.partition(":")
        if colon and not line.startswith(("#", " ")):
            fields[name.strip().lower()] = value.strip()
    if "deb" not in fields.get("types", "").split() or "main" not in fields.get("components", "").split():
        return None
    uris = fields.get("uris", "").split()
    if fields.get("enabled", "yes").lower() == "no" or not uris or "security" in fields.get("suites", ""):
        return None
    return Mirror(uris[0], fields.get("signed-by", ""))


def _from_line(line: str) -> Mirror | None:
    found_line = re.match(
        r"deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s.*\bmain\b", line
    )
    if not found_line or "security" in found_line["suite"]:
        return None
    signed = re.search(r"signed-by=(\S+)", found_line["options"] or "")
    return Mirror(found_line["uri"], signed[1] if signed else "")
