"""The words of a stack file that say how a node is asked, written and read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.drillfile.tree import Items, Node, Text, shown
from harness.drillfile.words import Field, Kind, Words, choice, nested, read_fields, text_of, whole
from harness.model.ownstack import AskRole, HttpCall, Orders, Speaks, Speech

PORT_MAX = 65535
WORDS_MAX = 50
WORD_LENGTH_MAX = 2000

DRIVERS: dict[Speech, str] = {
    "redis": "Redis, Valkey, and what speaks like them",
    "postgres": "PostgreSQL, and what speaks like it",
    "http": "requests, written out in the stack file",
    "command": "programs, by their exit code and what they say",
}

# What people ask for and no driver speaks.
_OTHERS = ("mysql", "mariadb", "mongo", "mongodb", "cassandra", "kafka", "etcd", "sqlserver", "oracle")
_ONE_OF_THEM = choice(DRIVERS)


def _spoken(node: Node) -> Speech:
    if isinstance(node, Text) and node.text.lower() in _OTHERS:
        raise node.spot.wrong(
            f"there is no driver for {shown(node.text)}; let `http` speak to a small service in front of it, "
            "and ask for roles by `command`, which runs in the host, with that host's own tools"
        )
    return _ONE_OF_THEM.read(node)


SPEECH: Kind[Speech] = Kind(_spoken, _ONE_OF_THEM.schema, _ONE_OF_THEM.choices)


def _line(node: Node, wanted: str) -> str:
    """Text of any kind: a path, a body, a word of a command."""
    if isinstance(node, Items) or not hasattr(node, "text"):
        raise node.spot.wrong(f"a list or block stands where {wanted} must; write it in one line")
    text: str = node.text
    if len(text) > WORD_LENGTH_MAX:
        raise node.spot.wrong(
            f"'{shown(text)}' is too long; {wanted} has at most {WORD_LENGTH_MAX} characters"
        )
    return text


def _path(node: Node) -> str:
    text = _line(node, "a path like /health")
    if not text.startswith("/") or any(sign.isspace() for sign in text):
        raise node.spot.wrong(f"'{shown(text)}' is no path; write it from the first /, like /health")
    return text


def _command(node: Node) -> tuple[str, ...]:
    if not isinstance(node, Items) or not node.items:
        raise node.spot.wrong("a command is a list of words, like [sh, -c, 'redis-cli role | head -1']")
    if len(node.items) > WORDS_MAX:
        raise node.spot.wrong(f"more than {WORDS_MAX} words; put them into a script, and run that")
    return tuple(_line(item, "a word of a command") for item in node.items)


def _numbers(node: Node) -> tuple[int, ...]:
    if not isinstance(node, Items):
        return (whole(0, 599).read(node),)
    return tuple(whole(0, 599).read(item) for item in node.items)


LINE = Kind(lambda node: _line(node, "text"), {"type": "string"})
WORD = Kind(lambda node: text_of(node, "a word"), {"type": "string"})
PATH = Kind(_path, {"type": "string", "pattern": "^/"})
COMMAND = Kind(_command, {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": WORDS_MAX})
PORT = whole(1, PORT_MAX)
_NUMBERS = Kind(_numbers, {"type": "array", "items": {"type": "integer"}})


def _field(name: str, kind: Kind[Any], help_text: str, example: str, default: object = "") -> Field[Any]:
    return Field(name=name, kind=kind, help=help_text, example=example, default=default)


# --- who is primary -----------------------------------------------------------------------------------

_BY: Field[Speech] = Field(
    name="ask", kind=SPEECH, help="how a node is asked", example="redis", required=True
)
_PATH = _field("path", PATH, "http: what is asked for with GET", "/health")
_PORT = _field("port", PORT, "another port than the host's first", "8008", 0)
_FIELD = _field("field", WORD, "http: of the JSON answer; without it status 200 is a primary", "role")
_COMMAND = _field("command", COMMAND, "command: run in the host", "[/usr/local/bin/role]", ())
_IS = _field("is", WORD, "what a primary says there", "primary")
_STANDBY = _field(
    "standby", WORD, "what a standby in step says; without it all that is no primary", "replica"
)
ASK_FIELDS = (_BY, _PATH, _PORT, _FIELD, _COMMAND, _IS, _STANDBY)
_OF_ASK: dict[Speech, tuple[Field[Any], ...]] = {
    "redis": (),
    "postgres": (),
    "http": (_PATH, _PORT, _FIELD, _IS, _STANDBY),
    "command": (_COMMAND, _IS, _STANDBY),
}


def ask_role(node: Node) -> AskRole:
    words = read_fields(node, "primary", ASK_FIELDS)
    by = words[_BY]
    _fits(words, by, ASK_FIELDS[1:], _OF_ASK[by])
    _needs(words, by, [_PATH] if by == "http" else [_COMMAND] if by == "command" else [])
    if bool(words[_FIELD]) and not words[_IS]:
        raise words.wrong(_IS, "what does that field hold at a primary? Write `is: primary`")
    return AskRole(
        by=by,
        path=words[_PATH],
        port=words[_PORT],
        field=words[_FIELD],
        command=words[_COMMAND],
        is_primary=words[_IS],
        standby=words[_STANDBY],
    )


def _fits(words: Words, by: Speech, all_words: Sequence[Field[Any]], own: Sequence[Field[Any]]) -> None:
    for field in all_words:
        if field.name in words.block.entries and field not in own:
            raise words.wrong(field, f"'{by}' has no use for it; leave it out")


def _needs(words: Words, by: Speech, needed: Sequence[Field[Any]]) -> None:
    for field in needed:
        if not words[field]:
            raise words.wrong(
                field, f"'{by}' needs the word '{field.name}'; write `{field.name}: {field.example}`"
            )


# --- how it is written and read -----------------------------------------------------------------------

_METHOD: Field[str] = Field(
    name="method",
    kind=choice({"GET": "", "PUT": "", "POST": "", "DELETE": ""}),
    help="of the request",
    example="PUT",
    default="GET",
)
_CALL_PATH: Field[str] = Field(
    name="path", kind=PATH, help="with {key} and {value}", example="/kv/{key}", required=True
)
_BODY = _field("body", LINE, "of the request, with {key} and {value}", "'{value}'")
_CALL = (_METHOD, _CALL_PATH, _BODY, _FIELD)


def _call(node: Node) -> HttpCall:
    words = read_fields(node, "a request", _CALL)
    return HttpCall(method=words[_METHOD], path=words[_CALL_PATH], body=words[_BODY], field=words[_FIELD])


def _either(node: Node) -> HttpCall | tuple[str, ...]:
    return _command(node) if isinstance(node, Items) else _call(node)


_EITHER: Kind[HttpCall | tuple[str, ...]] = Kind(_either, {"type": ["array", "object"]}, fields=_CALL)
_DRIVER: Field[Speech] = Field(
    name="driver", kind=SPEECH, help="how clients speak to a node", example="redis", required=True
)
_WRITE = _field(
    "write", _EITHER, "http, command: write {value} under {key}", "{method: PUT, path: '/{key}'}", None
)
_READ = _field("read", _EITHER, "http, command: the newest value of {key}", "{path: '/{key}'}", None)
_ALL = _field("all", _EITHER, "http, command: every value there is, a line each", "{path: /all}", None)
_REFUSED = _field("refused", _NUMBERS, "statuses or exit codes: certainly not applied", "[409, 503]", ())
LOAD_FIELDS = (_DRIVER, _PORT, _WRITE, _READ, _ALL, _REFUSED)


def speaks(node: Node) -> Speaks:
    words = read_fields(node, "load", LOAD_FIELDS)
    by = words[_DRIVER]
    written = (_WRITE, _READ, _ALL)
    own: tuple[Field[Any], ...] = (_PORT,) if by in ("redis", "postgres") else LOAD_FIELDS[1:]
    _fits(words, by, LOAD_FIELDS[1:], own)
    if by in ("redis", "postgres"):
        return Speaks(by=by, port=words[_PORT])
    _needs(words, by, written)
    wanted = HttpCall if by == "http" else tuple
    for field in written:
        if not isinstance(words[field], wanted):
            what = "a request, like {path: /all}" if by == "http" else "a command, like [my-tool, '{key}']"
            raise words.wrong(field, f"of '{by}' it is {what}")
    write, read, everything = (words[field] for field in written)
    if by == "http":
        return Speaks(
            by=by, port=words[_PORT], write=write, read=read, all=everything, refused=words[_REFUSED]
        )
    return Speaks(
        by=by,
        port=words[_PORT],
        write_command=write,
        read_command=read,
        all_command=everything,
        refused=words[_REFUSED],
    )


# --- what a person orders -----------------------------------------------------------------------------

_PROMOTE = _field(
    "promote", COMMAND, "run in the host that becomes primary", "[redis-cli, -e, replicaof, 'no', one]", ()
)
_SWITCHOVER = _field(
    "switchover", COMMAND, "run in the primary; {to} becomes it", "[redis-cli, -e, failover]", ()
)
_REJOIN = _field(
    "rejoin",
    COMMAND,
    "run in a host that follows {primary} then",
    "[redis-cli, -e, replicaof, '{primary}', '6379']",
    (),
)
ORDER_FIELDS = (_PROMOTE, _SWITCHOVER, _REJOIN)
ORDERS: Kind[Words] = nested("orders", ORDER_FIELDS)


def orders(words: Words | None) -> Orders:
    if words is None:
        return Orders()
    return Orders(promote=words[_PROMOTE], switchover=words[_SWITCHOVER], rejoin=words[_REJOIN])
