"""A compose file's services, in its canonical form, as far as a draft looks at them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from harness.model.drill import Json
from harness.stackfile.kinds import Kind, kind_of

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/-]*")
# Words that YAML takes for something else than text.
_NO_TEXT = ("no", "yes", "on", "off", "true", "false", "null", "y", "n")


class Service(Struct, frozen=True, kw_only=True):
    """ports: of the container. environment: with what its env files say. kind: None where no name tells."""

    name: str
    image: str
    command: str
    ports: tuple[int, ...]
    environment: Mapping[str, str]
    kind: Kind | None


def services_of(compose: Mapping[str, Json]) -> list[Service]:
    return [_service(name, block) for name, block in _blocks(compose.get("services"))]


def text_of(value: Json) -> str:
    """Empty for what is no text."""
    return "" if value is None or isinstance(value, dict | list) else f"{value}"


def quoted(text: str) -> str:
    """A word that YAML reads as this very text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _NO_TEXT:
        return text
    return "'" + text.replace("'", "''") + "'"


def _service(name: str, block: Mapping[str, Json]) -> Service:
    image, command = text_of(block.get("image")), _command(block)
    environment = block.get("environment")
    told = environment.items() if isinstance(environment, dict) else ()
    return Service(
        name=name,
        image=image,
        command=command,
        ports=tuple(_ports(block)),
        environment={key: text_of(value) for key, value in told},
        kind=kind_of(image, command),
    )


def _command(block: Mapping[str, Json]) -> str:
    said = (block.get("entrypoint"), block.get("command"))
    return " ".join(
        " ".join(map(text_of, part)) if isinstance(part, list) else text_of(part) for part in said
    )


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
    for port in dict.fromkeys(map(text_of, found)):
        if port.isdecimal():
            yield int(port)


def _blocks(value: Json) -> Iterable[tuple[str, Mapping[str, Json]]]:
    return (
        [(name, block) for name, block in value.items() if isinstance(block, dict)]
        if isinstance(value, dict)
        else []
    )
