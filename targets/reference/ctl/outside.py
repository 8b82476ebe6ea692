"""The operator's tool from outside the stack: settings and token come from its hosts, ways from the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from harness.model.errors import TargetError
from harness.seams import Dial
from targets.reference.ctl import command
from targets.reference.ctl.arguments import parse
from targets.reference.ctl.asking import Way
from targets.reference.driver.surroundings import SETTINGS, TOKEN
from targets.reference.settings import Settings

PROG = "failover-drill ctl"


def checked(words: Sequence[str]) -> Sequence[str]:
    """The words again, if they can be understood. Raises UsageError, SystemExit after help."""
    parse(words, prog=PROG)
    return words


def run(words: Sequence[str], environment: Mapping[str, Mapping[str, str]], dial: Dial) -> int:
    """environment: of each host's service."""
    return command.run(words, _settings(environment), way(environment, dial), prog=PROG)


def way(environment: Mapping[str, Mapping[str, str]], dial: Dial) -> Way:
    """With the token that the stack's hosts were given; clients and routers were given none."""
    return Way(dial, next((of[TOKEN] for of in environment.values() if of.get(TOKEN)), ""))


def _settings(environment: Mapping[str, Mapping[str, str]]) -> Settings:
    """Raises TargetError when no host of the stack has any."""
    for host in environment.values():
        if SETTINGS in host:
            try:
                return msgspec.json.decode(host[SETTINGS] or "{}", type=Settings)
            except msgspec.DecodeError as error:
                raise TargetError(f"the stack's own settings cannot be read: {error}") from error
    raise TargetError("this stack is not of the reference target; its own tools steer it")
