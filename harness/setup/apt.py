"""Debian and Ubuntu packages: installs what is missing, fetches single packages of another suite.

Names no mirror: what the machine's own sources say is used.
"""

from __future__ import annotations

import os
import platform
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.model.errors import WorldError
from harness.setup.programs import Ended, found, must, run

_QUIET = {"DEBIAN_FRONTEND": "noninteractive"}
# A machine that has just booted renews its packages by itself, and holds the locks for a while.
_LOCK_WITHIN_S = 120
_INSTALL = (
    "apt-get",
    "install",
    "-y",
    "-q",
    "--no-install-recommends",
    f"-oDPkg::Lock::Timeout={_LOCK_WITHIN_S}",
)
_INSTALL_LIMIT_S = 600.0
_UPDATE_LIMIT_S = 120.0
# Steps that go side by side take turns here: apt would refuse the second one.
_turn = threading.Lock()
_ETC_APT = Path("/etc/apt")


class Mirror(Struct, frozen=True):
    """Where the machine takes its packages from, and the keyring that signs them ("" for the default)."""

    uri: str
    signed_by: str
    suites: tuple[str, ...] = ()


def usable() -> bool:
    """Root on a machine with apt: only there packages are installed for the user."""
    return os.geteuid() == 0 and found("apt-get")


def install(*packages: str) -> None:
    """Install packages. Renews lists, and mends what a killed apt left, only when the first try fails."""
    argv, names = [*_INSTALL, *packages], " ".join(packages)
    with _turn:
        if run(argv, limit_s=_INSTALL_LIMIT_S, env=_QUIET).ok:
            return
        _renew()
        run(["dpkg", "--configure", "-a"], limit_s=_INSTALL_LIMIT_S, env=_QUIET)
        must(
            argv,
            limit_s=_INSTALL_LIMIT_S,
            env=_QUIET,
            what=f"could not install {names}",
            fix=f"run `apt-get update && apt-get install {names}` as root and look at what it says",
        )


def renew_lists() -> None:
    """Best effort: an unreachable third-party source must not keep the others from being used."""
    with _turn:
        _renew()


def _renew() -> None:
    waiting = Retrying(
        retry=retry_if_result(_is_locked_out),
        wait=wait_fixed(2),
        stop=stop_after_delay(_LOCK_WITHIN_S),
        retry_error_callback=lambda state: None,
    )
    waiting(run, ["apt-get", "update", "-q"], limit_s=_UPDATE_LIMIT_S, env=_QUIET)


def _is_locked_out(done: Ended) -> bool:
    """Unlike an installation, `apt-get update` does not wait for its lock by itself."""
    return not done.ok and "Could not get lock" in done.stderr


def candidate(package: str) -> str:
    """The version that an install would bring, empty when the machine's sources know none."""
    said = run(["apt-cache", "policy", package], limit_s=30).stdout
    line = re.search(r"^\s*Candidate:\s*(\S+)", said, re.MULTILINE)
    return line[1] if line and line[1] != "(none)" else ""


def download_from_suite(package: str, *, suite: str, folder: Path) -> Path:
    """Fetch one package of another suite with lists and cache of its own; returns the .deb."""
    mirror = machine_mirror(_ETC_APT, codename=codename())
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
    fix = f"the machine's apt mirror must carry the suite {suite}; check {_ETC_APT} and the network"
    what = f"could not fetch {package} from {suite}"
    must(["apt-get", *options, "update", "-q"], limit_s=120, what=what, fix=fix)
    must(["apt-get", *options, "download", package], limit_s=120, cwd=folder, what=what, fix=fix)
    packages = sorted(folder.glob(f"{package}_*.deb"))
    if not packages:
        raise WorldError(f"{what}: apt-get named no file\n  {fix}")
    return packages[0]


def codename() -> str:
    """This machine's suite, such as bookworm; empty where it says none."""
    try:
        return platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    except OSError:
        return ""


def machine_mirror(etc_apt: Path = _ETC_APT, *, codename: str = "") -> Mirror:
    """The machine's Debian mirror, from its sources in either form that apt reads.

    Third parties have archives with a component called main too; the mirror is the first that carries the
    machine's own suite, else the first of all.
    """
    mirrors = list(_mirrors(etc_apt))
    own = [mirror for mirror in mirrors if codename in mirror.suites]
    if not mirrors:
        raise WorldError(f"no Debian mirror is named below {etc_apt}: add one, then try again")
    return (own or mirrors)[0]


def _mirrors(etc_apt: Path) -> Iterator[Mirror]:
    for path in sorted(etc_apt.glob("sources.list.d/*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text(errors="replace")):
            if mirror := _from_stanza(stanza):
                yield mirror
    for path in [etc_apt / "sources.list", *sorted(etc_apt.glob("sources.list.d/*.list"))]:
        for line in path.read_text(errors="replace").splitlines() if path.exists() else []:
            if mirror := _from_line(line):
                yield mirror


def _from_stanza(stanza: str) -> Mirror | None:
    fields: dict[str, str] = {}
    for line in stanza.splitlines():
        name, colon, value = line.partition(":")
        if colon and not line.startswith(("#", " ")):
            fields[name.strip().lower()] = value.strip()
    if "deb" not in fields.get("types", "").split() or "main" not in fields.get("components", "").split():
        return None
    uris, suites = fields.get("uris", "").split(), fields.get("suites", "")
    if fields.get("enabled", "yes").lower() == "no" or not uris or "security" in suites:
        return None
    return Mirror(uris[0], fields.get("signed-by", ""), tuple(suites.split()))


def _from_line(line: str) -> Mirror | None:
    found_line = re.match(
        r"deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s.*\bmain\b", line
    )
    if not found_line or "security" in found_line["suite"]:
        return None
    signed = re.search(r"signed-by=(\S+)", found_line["options"] or "")
    return Mirror(found_line["uri"], signed[1] if signed else "", (found_line["suite"],))
