"""A compose file, in its canonical form -> the draft of a stack file, as text. Pure.

What the file does not tell is TODO, which no reader of stack files takes; a comment says what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from harness.model.drill import Json
from harness.model.ownstack import Speech
from harness.stackfile.kinds import Kind, kind_of, stand_in_for
from harness.stackfile.reading import TODO

_HEAD = """\
# A stack file: what failover-drill must know of {compose}, which it never changes.
# Written by `failover-drill init`, to be finished by you: what is TODO did not show in the compose file.
# `failover-drill init --words` explains every word; `failover-drill plan DRILL --target THIS_FILE` names
# what is still to be said."""
_HOSTS = """\
# role: data (may become primary), witness (has a say in who is primary), router (in front of the data
# nodes), other. A service without a line here runs in a drill as well, but without a network."""
_ASK = """\
# How a data host is asked whether it is the primary: redis (ROLE), postgres (pg_is_in_recovery()),
# http ({ask: http, path: /health, port: 8008, field: role, is: primary}),
# command, run in the host ({ask: command, command: [my-tool, role], is: primary})."""
_LOAD = """\
# How the drills' clients write and read: redis (lists failover-drill:…), postgres (a table
# failover_drill), http ({driver: http, write: {method: PUT, path: '/{key}', body: '{value}'},
# read: {path: '/{key}'}, all: {path: /all}, refused: [409]}),
# command (write, read, all: lists of words; refused: exit codes)."""
_DETECTION = f"""\
# The longest that your stack takes to find out that its primary is dead, and where that comes from:
# a drill's `detection_time: {{max: bound}}` is judged by it.
detection: {{within: {TODO}, because: {TODO}}}"""
_LOGIN = """\
# As whom the clients write; it must be allowed to make a table. A password is named by where it lies: in
# the environment of a data host's service, or in a file, seen from here: {file: secret.txt}."""
_REDIS_LOGIN = """\
# login: {user: app, password: {env: REDIS_PASSWORD}}    # of a data host's service; or {file: secret.txt}"""
_SECRET_IN_COMMAND = f"""\
# Its command sets a password: put it into a file of its own, readable by you alone, and name that.
login: {{password: {{file: {TODO}}}}}"""
_ORDERS = """\
# What a person can do by hand, and a drill by `order: {do: promote, to: HOST}`: commands that are run
# in that host; switchover is run in the primary, {to} being who becomes it. Leave out what you have not.
# orders:"""
_IMAGES = """\
# Where no registry gives an image, one of the same manners, built from Debian's packages, can stand in:"""
_NOT_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


class _Service(Struct, frozen=True, kw_only=True):
    name: str
    image: str
    command: str
    ports: tuple[int, ...]
    environment: Mapping[str, str]
    kind: Kind | None


def draft(compose: Mapping[str, Json], *, compose_file: str) -> str:
    """compose_file: as the stack file will name it."""
    services = [_service(name, block) for name, block in _blocks(compose.get("services"))]
    name = _NOT_NAME.sub("-", _text(compose.get("name"))).strip("-.") or "my-stack"
    parts = [
        [_HEAD.format(compose=compose_file)],
        [f"stack: {name}", f"compose: {_word(compose_file)}"],
        _hosts(services),
        _speech(services),
        _login(services),
        [_DETECTION],
        _orders(services),
        _images(services),
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


# --- looks into the compose file ------------------------------------------------------------------------


def _service(name: str, block: Mapping[str, Json]) -> _Service:
    image, command = _text(block.get("image")), _command(block)
    environment = block.get("environment")
    told = environment.items() if isinstance(environment, dict) else ()
    return _Service(
        name=name,
        image=image,
        command=command,
        ports=tuple(_ports(block)),
        environment={key: _text(value) for key, value in told},
        kind=kind_of(image, command),
    )


def _command(block: Mapping[str, Json]) -> str:
    said = (block.get("entrypoint"), block.get("command"))
    return " ".join(" ".join(map(_text, part)) if isinstance(part, list) else _text(part) for part in said)


def _ports(block: Mapping[str, Json]) -> Iterator[int]:
    """Those of the container that it publishes or exposes."""
    published = block.get("ports")
    exposed = block.get("expose")
    found = (
        [port.get("target") for port in published if isinstance(port, dict)]
        if isinstance(published, list)
        else []
    )
    found += exposed if isinstance(exposed, list) else []
    for port in dict.fromkeys(map(_text, found)):
        if port.isdecimal():
            yield int(port)


def _blocks(value: Json) -> Iterable[tuple[str, Mapping[str, Json]]]:
    return (
        [(name, block) for name, block in value.items() if isinstance(block, dict)]
        if isinstance(value, dict)
        else []
    )


def _text(value: Json) -> str:
    return "" if value is None or isinstance(value, dict | list) else f"{value}"


def _word(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "''") + "'"


# --- the parts of the file ------------------------------------------------------------------------------


def _hosts(services: Sequence[_Service]) -> Iterator[str]:
    yield _HOSTS
    yield "hosts:"
    for service in services:
        yield from _host(service)


def _host(service: _Service) -> Iterator[str]:
    kind = service.kind
    what = f"image {service.image}" if service.image else "built from a Dockerfile"
    ports = service.ports or (kind.ports if kind else ())
    if kind and kind.ports and service.ports and kind.ports[0] in service.ports:
        ports = tuple(dict.fromkeys((kind.ports[0], *service.ports)))
    role = kind.role if kind else TODO
    listed = ", ".join(map(str, ports)) or TODO
    told = (
        f"{what}: {kind.name}"
        if kind
        else f"{what}: what is it in a failover? Take the line out if it is nothing"
    )
    if not ports:
        told += "; which ports do peers and clients speak to?"
    yield f"  {_word(service.name)}: {{role: {role}, ports: [{listed}]}}  # {told}"


def _data(services: Sequence[_Service]) -> list[_Service]:
    return [service for service in services if service.kind and service.kind.role == "data"]


def _spoken(services: Sequence[_Service]) -> tuple[Speech | None, str]:
    """What the data hosts speak, where they all speak the same, and what a person would call it."""
    kinds = {service.kind.name: service.kind for service in _data(services) if service.kind}
    if len(kinds) != 1:
        return None, " and ".join(kinds)
    ((name, kind),) = kinds.items()
    return kind.speech, name


def _speech(services: Sequence[_Service]) -> Iterator[str]:
    speech, name = _spoken(services)
    hint = (
        f"  # {name}: none of these knows it by itself" if name else "  # no host of role data is known yet"
    )
    hint = "" if speech else hint
    yield _ASK
    yield f"primary: {{ask: {speech or TODO}}}{hint}"
    yield _LOAD
    yield f"load: {{driver: {speech or TODO}}}{hint}"


def _login(services: Sequence[_Service]) -> Iterator[str]:
    speech, _ = _spoken(services)
    data = _data(services)
    if speech == "postgres":
        yield _LOGIN
        yield _postgres_login(data)
    elif speech == "redis":
        secret = any("requirepass" in service.command for service in data)
        yield _SECRET_IN_COMMAND if secret else _REDIS_LOGIN


def _postgres_login(data: Sequence[_Service]) -> str:
    told = {name: value for service in reversed(data) for name, value in service.environment.items()}
    user = told.get("POSTGRES_USER") or "postgres"
    database = told.get("POSTGRES_DB") or user
    lies = "{env: POSTGRES_PASSWORD}" if told.get("POSTGRES_PASSWORD") else f"{{file: {TODO}}}"
    return f"login: {{user: {_word(user)}, database: {_word(database)}, password: {lies}}}"


_EXAMPLES: Mapping[Speech | None, tuple[str, ...]] = {
    "redis": (
        "#   promote: [redis-cli, replicaof, 'no', one]",
        "#   rejoin: [redis-cli, replicaof, '{primary}', '6379']",
    ),
    "postgres": (
        "#   promote: [psql, -U, postgres, -c, 'select pg_promote()']",
        "#   rejoin: [my-script, '{primary}']    # e.g. by pg_rewind or pg_basebackup",
    ),
    None: ("#   promote: [my-tool, promote]", "#   rejoin: [my-tool, follow, '{primary}']"),
}


def _orders(services: Sequence[_Service]) -> Iterator[str]:
    speech, _ = _spoken(services)
    yield _ORDERS
    yield from _EXAMPLES[speech if speech in _EXAMPLES else None]


def _images(services: Sequence[_Service]) -> Iterator[str]:
    found = {service.image: stand_in_for(service.image) for service in services}
    known = {image: recipe for image, recipe in found.items() if recipe}
    if known:
        yield _IMAGES
        yield f"# images: {{{', '.join(f'{_word(image)}: {recipe}' for image, recipe in known.items())}}}"
