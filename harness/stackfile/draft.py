"""A compose file, in its canonical form -> the draft of a stack file, as text. Pure.

What the file does not tell is TODO, which no reader of stack files takes; a comment says what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from harness.model.drill import Json
from harness.model.ownstack import Speech
from harness.stackfile import access
from harness.stackfile.kinds import stand_in_for
from harness.stackfile.reading import TODO
from harness.stackfile.services import Service, quoted, services_of, text_of

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
# command (write, read, all: lists of words; refused: exit codes). None of them speaks TLS."""
_DETECTION = f"""\
# The longest that your stack takes to find out that its primary is dead, and where that comes from:
# a drill's `detection_time: {{max: bound}}` is judged by it.
detection: {{within: {TODO}, because: {TODO}}}"""
_IMAGES = """\
# Where no registry gives an image, one of the same manners, built from Debian's packages, can stand in:"""
_NOT_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def draft(compose: Mapping[str, Json], *, compose_file: str) -> str:
    """compose_file: as the stack file will name it."""
    services = services_of(compose)
    name = _NOT_NAME.sub("-", text_of(compose.get("name"))).strip("-.") or "my-stack"
    speech, _ = _spoken(services)
    parts = [
        [_HEAD.format(compose=compose_file)],
        [f"stack: {name}", f"compose: {quoted(compose_file)}"],
        _hosts(services),
        _speech(services),
        access.login(speech, _data(services)),
        [_DETECTION],
        access.orders(speech, _data(services)),
        _images(services),
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


# --- the parts of the file ------------------------------------------------------------------------------


def _hosts(services: Sequence[Service]) -> Iterator[str]:
    yield _HOSTS
    yield "hosts:"
    for service in services:
        yield from _host(service)


def _host(service: Service) -> Iterator[str]:
    kind = service.kind
    what = f"image {service.image}" if service.image else "built from a Dockerfile"
    ports = service.ports or (kind.ports if kind else ())
    if kind and kind.ports and service.ports and kind.ports[0] in service.ports:
        ports = tuple(dict.fromkeys((kind.ports[0], *service.ports)))
    if kind and kind.role == "other":
        yield f"  # {quoted(service.name)}: left out, since it is {kind.name} ({what})"
        return
    role = kind.role if kind else TODO
    listed = ", ".join(map(str, ports)) or TODO
    told = (
        f"{what}: {kind.name}"
        if kind
        else f"{what}: what is it in a failover? Take the line out if it is nothing"
    )
    if not ports:
        told += "; which ports do peers and clients speak to?"
    yield f"  {quoted(service.name)}: {{role: {role}, ports: [{listed}]}}  # {told}"


def _data(services: Sequence[Service]) -> list[Service]:
    return [service for service in services if service.kind and service.kind.role == "data"]


def _spoken(services: Sequence[Service]) -> tuple[Speech | None, str]:
    """What the data hosts speak, where they all speak the same, and what a person would call it."""
    kinds = {service.kind.name: service.kind for service in _data(services) if service.kind}
    if len(kinds) != 1:
        return None, " and ".join(kinds)
    ((name, kind),) = kinds.items()
    return kind.speech, name


def _speech(services: Sequence[Service]) -> Iterator[str]:
    speech, name = _spoken(services)
    hint = (
        f"  # {name}: there is no driver for it, so say it by http or command"
        if name
        else "  # no host of role data is known yet"
    )
    hint = "" if speech else hint
    yield _ASK
    yield f"primary: {{ask: {speech or TODO}}}{hint}"
    yield _LOAD
    yield f"load: {{driver: {speech or TODO}}}{hint}"


def _images(services: Sequence[Service]) -> Iterator[str]:
    found = {service.image: stand_in_for(service.image) for service in services}
    known = {image: recipe for image, recipe in found.items() if recipe}
    if known:
        yield _IMAGES
        yield f"# images: {{{', '.join(f'{quoted(image)}: {recipe}' for image, recipe in known.items())}}}"
