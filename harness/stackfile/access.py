"""How data hosts are logged into and ordered about, as far as a compose file shows: lines of a draft. Pure.

A secret is never written: where it lies is, and where that does not show it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from harness.model.ownstack import Speech
from harness.stackfile.reading import TODO
from harness.stackfile.services import Service, quoted

_POSTGRES = """\
# As whom the clients write; it must be allowed to make a table. A password is named by where it lies: in
# the environment of a data host's service, or in a file, seen from here: {file: secret.txt}."""
_REDIS = """\
# login: {user: app, password: {env: REDIS_PASSWORD}}    # of a data host's service; or {file: secret.txt}"""
_IN_ENVIRONMENT = """\
# The password is named by where it lies: in the environment of a data host's service."""
_IN_COMMAND = f"""\
# Its command sets a password: put it into a file of its own, readable by you alone, and name that.
login: {{password: {{file: {TODO}}}}}"""
_ORDERS = """\
# What a person can do by hand, and a drill by `order: {do: promote, to: HOST}`: commands that are run
# in that host; switchover is run in the primary, {to} being who becomes it. One that does not end with 0
# makes its trial unknown. Leave out what you have not.
# orders:"""
# As the images of Redis and Valkey that take one from their environment call it.
_REDIS_NAMES = ("REDIS_PASSWORD", "VALKEY_PASSWORD")


def login(speech: Speech | None, data: Sequence[Service]) -> Iterator[str]:
    """data: the services of role data, which all speak that; None: they do not."""
    if speech == "postgres":
        yield _POSTGRES
        yield _postgres_login(data)
    elif speech == "redis":
        name = _redis_password(data)
        if name:
            yield _IN_ENVIRONMENT
            yield f"login: {{password: {{env: {name}}}}}"
        else:
            yield _IN_COMMAND if _demanded(data) else _REDIS


def orders(speech: Speech | None, data: Sequence[Service]) -> Iterator[str]:
    yield _ORDERS
    if speech == "redis":
        name = _redis_password(data)
        yield f"#   promote: {_redis_cli(name, ('replicaof', 'no', 'one'))}"
        yield f"#   rejoin: {_redis_cli(name, ('replicaof', '{primary}', '6379'))}"
    elif speech == "postgres":
        user, database = _postgres_names(data)
        yield f"#   promote: [psql, -U, {user}, -d, {database}, -c, 'select pg_promote()']"
        yield "#   rejoin: [my-script, '{primary}']    # e.g. by pg_rewind or pg_basebackup"
    else:
        yield "#   promote: [my-tool, promote]"
        yield "#   rejoin: [my-tool, follow, '{primary}']"


def _environment(data: Sequence[Service]) -> dict[str, str]:
    """Of all of them; the first one's word counts."""
    return {name: value for service in reversed(data) for name, value in service.environment.items()}


# --- PostgreSQL ---------------------------------------------------------------------------------------


def _postgres_names(data: Sequence[Service]) -> tuple[str, str]:
    """(user, database), as the image itself makes them."""
    told = _environment(data)
    user = told.get("POSTGRES_USER") or "postgres"
    return quoted(user), quoted(told.get("POSTGRES_DB") or user)


def _postgres_login(data: Sequence[Service]) -> str:
    user, database = _postgres_names(data)
    lies = "{env: POSTGRES_PASSWORD}" if _environment(data).get("POSTGRES_PASSWORD") else f"{{file: {TODO}}}"
    return f"login: {{user: {user}, database: {database}, password: {lies}}}"


# --- Redis --------------------------------------------------------------------------------------------


def _demanded(data: Sequence[Service]) -> list[str]:
    """The passwords that their commands set."""
    words = [service.command.split() for service in data]
    return [after.strip("'\"") for said in words for word, after in pairwise(said) if "requirepass" in word]


def _redis_password(data: Sequence[Service]) -> str:
    """The variable that holds what their commands demand, or that their image takes; empty for none."""
    told, demanded = _environment(data), _demanded(data)
    by_value = [name for name, value in told.items() if value and value in demanded]
    by_name = [name for name in _REDIS_NAMES if told.get(name) and not demanded]
    return next(iter([*by_value, *by_name]), "")


def _redis_cli(password: str, words: Sequence[str]) -> str:
    """-e: without it an error of the server ends with 0 all the same."""
    if not password:
        return f"[redis-cli, -e, {', '.join(map(quoted, words))}]"
    said = " ".join(words)
    return f"""[sh, -c, 'REDISCLI_AUTH="${password}" redis-cli -e {said}']"""
