"""The text of a stack file -> an OwnStack. Knows the words of the file, and nothing of the compose file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.drillfile.textfile import read_text
from harness.drillfile.tree import Block, Items, Node, Text, lines, parse, shown
from harness.drillfile.words import NAME, Field, Kind, Words, choice, nested, read_fields, span, text_of
from harness.model.errors import DrillError
from harness.model.ownstack import Login, OwnHost, OwnRole, OwnStack
from harness.stackfile.speech import (
    ASK_FIELDS,
    LINE,
    LOAD_FIELDS,
    ORDERS,
    PORT,
    WORD,
    ask_role,
    orders,
    speaks,
)

TODO = "TODO"
HOSTS_MAX = 60
PORTS_MAX = 20
DATA_MIN = 2
_SUFFIXES = (".yaml", ".yml")

ROLES: dict[OwnRole, str] = {
    "data": "may become primary; clients write to it",
    "witness": "has a say in who is primary, and holds no data",
    "router": "stands in front of the data nodes; clients go through it",
    "other": "belongs to the stack, and has no part in a failover",
}


def is_stack_file(name: str) -> bool:
    """Whether a target's name is the path of a stack file, and no bundled target's."""
    return name.endswith(_SUFFIXES) or "/" in name


def read(path: str) -> OwnStack:
    """Raises DrillError: path, line, field, fix."""
    try:
        text = read_text(Path(path))
        if not text.strip():
            raise DrillError("nothing is written in it; `failover-drill init COMPOSE` writes a draft")
        top = parse(text)
        _nothing_left_to_say(top)
        return _stack(top, path)
    except DrillError as error:
        raise DrillError(error.problem, path=path, line=error.line, field=error.field) from error


def _nothing_left_to_say(node: Node) -> None:
    match node:
        case Text(spot=spot, text=text) if text.startswith(TODO):
            raise spot.wrong(f"'{shown(text)}' is still to be said; the comment above it tells what is asked")
        case Items(items=items):
            for item in items:
                _nothing_left_to_say(item)
        case Block(entries=entries, spots=spots):
            for word, entry in entries.items():
                _nothing_left_to_say(Text(spots[word], word, True))
                _nothing_left_to_say(entry)


def _stack(top: Node, path: str) -> OwnStack:
    words = read_fields(top, "a stack", FIELDS)
    found: tuple[OwnHost, ...] = words[_HOSTS]
    if sum(host.role == "data" for host in found) < DATA_MIN:
        raise words.wrong(
            _HOSTS, f"a failover needs {DATA_MIN} hosts of role data: one that fails, one that takes over"
        )
    _ports_are_listed(words, found)
    because, within_s = words[_DETECTION][_BECAUSE], words[_DETECTION][_WITHIN]
    return OwnStack(
        name=words[_STACK],
        path=path,
        compose=words[_COMPOSE],
        hosts=found,
        ask=words[_PRIMARY],
        speaks=words[_LOAD],
        login=_login(words[_LOGIN]),
        detection_s=within_s,
        detection_because=because or "as the stack file states",
        orders=orders(words[_ORDERS]),
        images=words[_IMAGES],
        lines=lines(top),
    )


def _ports_are_listed(words: Words, found: tuple[OwnHost, ...]) -> None:
    """Clients reach what is listed, and nothing else: the mesh has a link for each port."""
    for field, port in ((_PRIMARY, words[_PRIMARY].port), (_LOAD, words[_LOAD].port)):
        lacks = next((host for host in found if host.role == "data" and port not in host.ports), None)
        if port and lacks:
            problem = f"port {port} is not among the ports of '{lacks.service}'; list it there"
            raise words.wrong(field, f"{problem}: no other is reached")


# --- hosts --------------------------------------------------------------------------------------------


def _hosts(node: Node) -> tuple[OwnHost, ...]:
    if not isinstance(node, Block) or not node.entries:
        raise node.spot.wrong("hosts are blocks by compose service, like {db: {role: data, ports: [5432]}}")
    if len(node.entries) > HOSTS_MAX:
        raise node.spot.wrong(f"more than {HOSTS_MAX} hosts; leave out what has no part in a failover")
    return tuple(_host(name, entry) for name, entry in node.entries.items())


def _host(service: str, node: Node) -> OwnHost:
    words = read_fields(node, f"the host '{shown(service)}'", (_ROLE, _PORTS))
    role, ports = words[_ROLE], words[_PORTS]
    if role != "other" and not ports:
        raise words.wrong(
            _PORTS, f"'{shown(service)}' needs its ports: nobody could speak to it; write `ports: [5432]`"
        )
    return OwnHost(service=service, role=role, ports=ports)


def _ports(node: Node) -> tuple[int, ...]:
    if not isinstance(node, Items):
        return (PORT.read(node),)
    if len(node.items) > PORTS_MAX:
        raise node.spot.wrong(f"more than {PORTS_MAX} ports; name those that peers and clients speak to")
    return tuple(dict.fromkeys(PORT.read(item) for item in node.items))


def _images(node: Node) -> dict[str, str]:
    if not isinstance(node, Block):
        raise node.spot.wrong("images are words: `redis:8: debian_redis`")
    return {image: text_of(entry, "a stand-in") for image, entry in node.entries.items()}


# --- login --------------------------------------------------------------------------------------------

_ENV = Field(
    name="env",
    kind=WORD,
    help="of the data host's service in the compose file",
    example="POSTGRES_PASSWORD",
    default="",
)
_FILE = Field(name="file", kind=LINE, help="seen from the stack file", example="secret.txt", default="")
_PASSWORD_FIELDS = (_ENV, _FILE)


def _password(node: Node) -> tuple[str, str]:
    """(env, file)."""
    if not isinstance(node, Block):
        raise node.spot.wrong(
            "a password is named by where it lies, never written here; write {env: POSTGRES_PASSWORD} for "
            "one in the environment of the compose service, or {file: secret.txt}"
        )
    words = read_fields(node, "password", _PASSWORD_FIELDS)
    if bool(words[_ENV]) == bool(words[_FILE]):
        raise node.spot.wrong("write one of `env: NAME` and `file: PATH`")
    return words[_ENV], words[_FILE]


_USER = Field(
    name="user", kind=WORD, help="as whom clients and the observer log in", example="postgres", default=""
)
_DATABASE = Field(
    name="database", kind=WORD, help="postgres: where the load's table is made", example="app", default=""
)
_PASSWORD: Field[tuple[str, str]] = Field(
    name="password",
    kind=Kind(_password, {"type": "object"}, fields=_PASSWORD_FIELDS),
    help="where it lies",
    example="{env: POSTGRES_PASSWORD}",
    default=("", ""),
)


def _login(words: Any) -> Login:
    if words is None:
        return Login()
    env, file = words[_PASSWORD]
    return Login(user=words[_USER], database=words[_DATABASE], password_env=env, password_file=file)


# --- the file -----------------------------------------------------------------------------------------

_ROLE: Field[OwnRole] = Field(
    name="role", kind=choice(ROLES), help="what it is in a drill", example="data", required=True
)
_PORTS: Field[tuple[int, ...]] = Field(
    name="ports",
    kind=Kind(_ports, {"type": "array", "items": {"type": "integer"}}),
    help="inside its container, those that peers and clients speak to; the first is where clients write",
    example="[5432]",
    default=(),
)
_STACK: Field[str] = Field(name="stack", kind=NAME, help="its name", example="my-pair", required=True)
_COMPOSE: Field[str] = Field(
    name="compose", kind=LINE, help="the compose file, seen from here", example="compose.yaml", required=True
)
_HOSTS: Field[tuple[OwnHost, ...]] = Field(
    name="hosts",
    kind=Kind(_hosts, {"type": "object"}, fields=(_ROLE, _PORTS)),
    help="which services are hosts of a drill; the others run without a network",
    example="{db1: {role: data, ports: [5432]}, db2: {role: data, ports: [5432]}}",
    required=True,
)
_PRIMARY: Field[Any] = Field(
    name="primary",
    kind=Kind(ask_role, {"type": "object"}, fields=ASK_FIELDS),
    help="how a data node is asked",
    example="{ask: redis}",
    required=True,
)
_LOAD: Field[Any] = Field(
    name="load",
    kind=Kind(speaks, {"type": "object"}, fields=LOAD_FIELDS),
    help="how clients write and read",
    example="{driver: redis}",
    required=True,
)
_LOGIN: Field[Any] = Field(
    name="login",
    kind=nested("login", (_USER, _DATABASE, _PASSWORD)),
    help="as whom",
    example="{user: postgres}",
)
_WITHIN: Field[float] = Field(
    name="within",
    kind=span(0.01),
    help="after which a dead primary has been replaced at the latest",
    example="30s",
    required=True,
)
_BECAUSE: Field[str] = Field(
    name="because", kind=LINE, help="where that comes from", example="ttl 30s", default=""
)
_DETECTION: Field[Any] = Field(
    name="detection",
    kind=nested("detection", (_WITHIN, _BECAUSE)),
    help="the bound that is yours to state",
    example="{within: 30s}",
    required=True,
)
_ORDERS: Field[Any] = Field(
    name="orders", kind=ORDERS, help="what a person can order", example="{promote: [pg_ctl, promote]}"
)
_IMAGES: Field[dict[str, str]] = Field(
    name="images",
    kind=Kind(_images, {"type": "object"}),
    help="what stands in for an image that no registry gives",
    example="{'redis:8': debian_redis}",
    default={},
)
FIELDS: tuple[Field[Any], ...] = (
    *(_STACK, _COMPOSE, _HOSTS, _PRIMARY, _LOAD, _LOGIN, _DETECTION, _ORDERS, _IMAGES),
)
