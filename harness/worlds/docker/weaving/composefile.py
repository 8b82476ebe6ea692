"""Reads a compose file as `docker compose` understands it, and writes the woven one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from harness.model.errors import DrillError, WorldError
from harness.seams import Stack
from harness.setup.programs import run
from harness.worlds.docker.weaving.dialect import Table, tables
from harness.worlds.docker.weaving.meshparts import PROXIES_FILE, proxies_file
from harness.worlds.docker.weaving.weave import Woven
from harness.worlds.links.mesh import Mesh

WOVEN_FILE = "compose.yaml"
_READ_WITHIN_S = 30.0
# As Compose says of ${NAME:?…} without a value.
_LACKS = "required variable"


def read(path: str, profiles: Sequence[str] = ()) -> Table:
    """The canonical form: variables filled in, files merged, paths absolute. DrillError, WorldError."""
    if not Path(path).is_file():
        raise DrillError("there is no such compose file; name the one of your stack", path=path)
    chosen = [word for profile in profiles for word in ("--profile", profile)]
    done = run(
        ["docker", "compose", "--file", path, *chosen, "config", "--format", "json"],
        limit_s=_READ_WITHIN_S,
    )
    if not done.ok:
        if done.returncode in (124, 126, 127) or "is not a docker command" in done.stderr:
            raise WorldError(f"could not read {path}: {done.last_lines}\n  run `failover-drill setup`")
        fix = (
            "set it in the environment, or in a .env beside the file"
            if _LACKS in done.stderr
            else "mend the file"
        )
        raise DrillError(
            f"`docker compose config` does not understand it: {done.last_lines}; {fix}", path=path
        )
    table: Table = json.loads(done.stdout)
    return table


def read_stack(stack: Stack) -> Table:
    """With the services that the stack adds to the file's own. Raises DrillError, WorldError."""
    compose = read(stack.compose_file, stack.profiles)
    there = tables(compose.get("services"))
    for name in stack.services:
        if name in there:
            raise DrillError(
                "a drill brings a service of this name, its client; call yours something else",
                path=stack.compose_file,
                field=f"services.{name}",
            )
    return {**compose, "services": {**there, **stack.services}}


def write(folder: Path, woven: Woven, mesh: Mesh, *, source: str) -> Path:
    """The woven file and the hub's, into the run's folder; the file's path. Raises WorldError."""
    path = folder / WOVEN_FILE
    try:
        (folder / PROXIES_FILE).write_text(proxies_file(mesh))
        # Variables are filled in by now, and with them whatever the stack keeps secret.
        path.touch(mode=0o600)
        with path.open("w") as file:
            file.write(_HEAD.format(source=source, name=WOVEN_FILE))
            yaml.dump(woven.compose, file, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    except OSError as error:
        raise WorldError(
            f"{path} cannot be written: {error.strerror}; free space or name another folder with --out DIR"
        ) from error
    return path


_HEAD = """\
# Woven by failover-drill from {source}.
# By hand: docker compose -f {name} up -d, and docker compose -f {name} down -v.
"""


class _Dumper(yaml.SafeDumper):
    """Every mapping is written out: a file for people has no `&id001`."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def represent_text(self, data: str) -> yaml.ScalarNode:
        """Compose takes more for a number than this library: to it, the run 926073e1 would be 9260730."""
        return self.represent_scalar(
            "tag:yaml.org,2002:str", data, style='"' if _MAYBE_NUMBER(data) else None
        )


_MAYBE_NUMBER = re.compile(r"[-+.]?\d").match
_Dumper.add_representer(str, _Dumper.represent_text)
