"""A person's settings block <-> Settings. Pure. A word that is not understood is an error with its fix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec

from harness.model.drill import Json
from harness.model.errors import DrillError
from targets.reference import detectionwords, replicationwords
from targets.reference.settings import Settings
from targets.reference.unsafe import why_unsafe
from targets.reference.words import DURATION, Reader, number, one_of, positive, read

_FENCES = {
    "none": "every failover waits for the old lease",
    "device": "a power switch for each data node, on a host of its own; off read back ends the lease early",
}
_FENCE_TOKENS = {"right": "the device's own", "wrong": "another one: nothing is switched"}
_OPERATOR_TOKENS = {"right": "the stack's own", "wrong": "another stack's: nobody obeys"}
_ROUTER_APIS = ("open", "closed")


def settings_of(written: Mapping[str, Json]) -> Settings:
    """Raises DrillError, its field relative to the block."""
    known: dict[str, tuple[str, Reader]] = {
        **replicationwords.words(),
        "fence": ("fence", one_of(_FENCES, "fence")),
        "fence_token": ("fence_token", one_of(_FENCE_TOKENS, "fence token")),
        "operator_token": ("operator_token", one_of(_OPERATOR_TOKENS, "operator token")),
        "detector": ("detector", detectionwords.detector),
        "heartbeats": ("heartbeats", detectionwords.heartbeats),
        "health": ("health", detectionwords.health),
        "canary": ("canary_s", positive),
        "lease": ("lease_s", positive),
        "clock_rate_error": ("clock_rate_error", number("for instance 0.001")),
        "clock_margin": ("clock_margin_s", positive),
        "vote": ("vote_s", positive),
        "router_api": ("router_api", one_of(dict.fromkeys(_ROUTER_APIS), "router_api")),
    }
    settings = msgspec.convert(read("", written, known), Settings)
    replicationwords.astray(written, settings)
    if "fence_token" in written and settings.fence != "device":
        raise DrillError(
            "there is no device that it is shown to; write fence: device too", field="fence_token"
        )
    for unsafe in why_unsafe(settings):
        raise DrillError(unsafe.reason, field=unsafe.field)
    return msgspec.structs.replace(settings, lease_s=settings.granted_lease_s)


def settings_from(plain: Mapping[str, Json]) -> Settings:
    """From what `plain` made: a plan's settings. Raises DrillError when they are from elsewhere."""
    try:
        return msgspec.convert(plain, Settings)
    except msgspec.ValidationError as error:
        raise DrillError(f"{error}; these are not settings of the reference target") from error


def plain(settings: Settings) -> dict[str, Json]:
    """What JSON carries: to a plan, and to the machines. Without what says nothing in these settings."""
    values = cast(dict[str, Json], msgspec.json.decode(msgspec.json.encode(settings)))
    return detectionwords.said(replicationwords.said(values))


def schema() -> dict[str, Json]:
    """JSON Schema of the block as a person writes it."""
    properties = {
        **replicationwords.schema(),
        "fence": {
            "enum": [*_FENCES],
            "description": "What ends an old primary early: nothing, or its power.",
        },
        "fence_token": {
            "enum": [*_FENCE_TOKENS],
            "description": "wrong: the witnesses were given one that the device does not know.",
        },
        "operator_token": {
            "enum": [*_OPERATOR_TOKENS],
            "description": "wrong: a switchover is ordered with another stack's token.",
        },
        **detectionwords.schema(),
        "lease": {**DURATION, "description": "What a witness grants; default: the detector's silence."},
        "clock_rate_error": {
            "type": "number",
            "minimum": 0,
            "exclusiveMaximum": 1,
            "description": "ρ: two clocks' rates lie within 1 ± ρ.",
        },
        "clock_margin": {**DURATION, "description": "D: what a holder subtracts from its lease."},
        "vote": {**DURATION, "description": "The stated time of a vote; part of the detection bound."},
        "router_api": {
            "enum": [*_ROUTER_APIS],
            "description": "closed: nobody reaches the router's runtime API; its own check remains.",
        },
    }
    return cast(dict[str, Json], {"type": "object", "additionalProperties": False, "properties": properties})
