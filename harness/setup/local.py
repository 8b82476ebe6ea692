"""What the processes world needs: Toxiproxy as a program of this machine, and what a target asks for.

Toxiproxy is kept in the user's cache: from the engine's image if there is one, else built from its Go module.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness.model.errors import WorldError
from harness.setup import apt
from harness.setup.images import TOXIPROXY
from harness.setup.programs import environment, found, run, unwritable
from harness.setup.steps import Say, alone, step
from harness.setup.toxiproxy_image import go_install

_VERSION = TOXIPROXY.rpartition(":")[2]
_PROGRAM = "toxiproxy-server"
HOW_TO_GET_IT = (
    f"put {_PROGRAM} {_VERSION} into your PATH (its project releases it as one file), or install Go 1.23 or "
    "newer, then run `failover-drill setup --world processes`"
)
_LIMIT_S = 30.0


def toxiproxy() -> Path | None:
    """The server's program: our own, else one of that version in PATH. None where there is none."""
    if os.access(_kept(), os.X_OK):
        return _kept()
    other = shutil.which(_PROGRAM, path=environment()["PATH"])
    if other and run([other, "-version"], limit_s=_LIMIT_S).stdout.strip().endswith(_VERSION):
        return Path(other)
    return None


def hindrance(needs: Mapping[str, str]) -> str:
    """Why a run of local processes cannot start, and the fix; empty when it can.

    needs: programs of its targets -> how to get each.
    """
    if platform.system() != "Linux":
        return f"the processes world needs Linux, and this is {platform.system()}: use --world docker there"
    if toxiproxy() is None:
        return f"Toxiproxy is missing: run `failover-drill setup --world processes`, or {HOW_TO_GET_IT}"
    absent = [f"{program} is missing: {how}" for program, how in needs.items() if not found(program)]
    return absent[0] if absent else ""


def identities(needs: Mapping[str, str]) -> dict[str, str]:
    """Toxiproxy and the programs of these needs, each with the version that it has -> sha256 of its file."""
    server = toxiproxy()
    found_at = {program: shutil.which(program, path=environment()["PATH"]) for program in needs}
    versions = {program: _version_of(path) for program, path in found_at.items() if path}
    named = {
        f"{program} {version}".strip(): Path(f"{found_at[program]}") for program, version in versions.items()
    }
    # Built from its module it says `git`: it is asked for by version, in its image and in the module.
    all_of = {f"toxiproxy {_VERSION}": server, **named} if server else named
    return {name: f"sha256:{_sum(path)}" for name, path in all_of.items()}


def _version_of(program: str) -> str:
    """As `PROGRAM -v` says in its first line; empty where it does not."""
    said = run([program, "-v"], limit_s=_LIMIT_S).stdout.partition("\n")[0]
    numbered = re.search(r"version (\S+)", said)
    return numbered[1] if numbered else ""


def _sum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def prepare(say: Say, needs: Mapping[str, str]) -> None:
    """Make what is missing; quick when it is there. Raises WorldError."""
    if not hindrance(needs):
        return
    try:
        with alone(say):
            if toxiproxy() is None:
                _make(say)
            for program in needs:
                if not found(program) and apt.usable():
                    with step(say, f"installing {program} from the distribution"):
                        apt.install(program)
    except OSError as error:
        raise unwritable(error) from error
    if missing := hindrance(needs):
        raise WorldError(missing)


def _make(say: Say) -> None:
    kept = _kept()
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as name:
        with step(say, "getting Toxiproxy (about 40 s where it has to be built)"):
            made = _of_image(Path(name)) or go_install(Path(name))
        if made is None:
            raise WorldError(f"Toxiproxy cannot be had here\n  {HOW_TO_GET_IT}")
        made.chmod(0o755)
        # In one step: another command may look just now.
        made.rename(kept)


def _of_image(folder: Path) -> Path | None:
    """None without an engine, or where it does not have the image."""
    created = run(["docker", "create", "--pull=never", TOXIPROXY], limit_s=_LIMIT_S)
    if not created.ok:
        return None
    container = created.stdout.strip()
    try:
        copied = run(["docker", "cp", f"{container}:/toxiproxy", f"{folder}/toxiproxy"], limit_s=_LIMIT_S)
        return folder / "toxiproxy" if copied.ok else None
    finally:
        run(["docker", "rm", container], limit_s=_LIMIT_S)


def _kept() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "failover-drill" / f"toxiproxy-{_VERSION}"
