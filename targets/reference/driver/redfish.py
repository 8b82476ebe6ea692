"""The fence device's requests and answers, as Redfish has them. Pure: no socket, no switch.

    POST /redfish/v1/Systems/{node}/Actions/ComputerSystem.Reset   {"ResetType": "ForceOff" | "On"} -> 204
    GET  /redfish/v1/Systems/{node}                                -> 200 {"PowerState": …}

The token stands in X-Auth-Token, or behind Bearer in Authorization; without the right one it is 401 for
everything, and nothing happens.
"""

from __future__ import annotations

import hmac

import msgspec
from msgspec import Struct

from targets.reference.machines.words.grammar import AskPower, PowerAnswered, PowerOrder, PowerState

SYSTEMS = "/redfish/v1/Systems/"
_RESET = "/Actions/ComputerSystem.Reset"
_ORDERS: dict[str, PowerOrder] = {"ForceOff": "ForceOff", "On": "On"}


class Request(Struct, frozen=True):
    """token: what the head said, without `Bearer`."""

    method: str
    path: str
    token: str = ""
    body: bytes = b""


class Response(Struct, frozen=True):
    status: int
    body: bytes = b""


class Wanted(Struct, frozen=True):
    """What the device has to do before it can answer."""

    node: str
    order: PowerOrder


class _Reset(Struct, frozen=True):
    ResetType: str


class _System(Struct, frozen=True):
    Id: str
    PowerState: PowerState


# --- the device's side --------------------------------------------------------------------------------


def wanted(request: Request, *, token: str, nodes: tuple[str, ...]) -> Wanted | Response:
    """nodes: whose switches it has. Nothing is looked at before the token."""
    if not token or not hmac.compare_digest(request.token.encode(), token.encode()):
        return _error(401, "no such token; give the controller the device's own")
    node = request.path.removeprefix(SYSTEMS).removesuffix(_RESET)
    if not request.path.startswith(SYSTEMS) or node not in nodes:
        return _error(404, f"{request.path} is nothing here; there are {', '.join(nodes)}")
    resets = request.path.endswith(_RESET)
    if request.method != ("POST" if resets else "GET"):
        return _error(405, f"not by {request.method}")
    if not resets:
        return Wanted(node, "read")
    try:
        kind = msgspec.json.decode(request.body, type=_Reset).ResetType
    except msgspec.DecodeError as error:
        return _error(400, f"{error}")
    if kind not in _ORDERS:
        return _error(400, f"unknown ResetType '{kind}'; there are {', '.join(_ORDERS)}")
    return Wanted(node, _ORDERS[kind])


def done(what: Wanted, state: PowerState) -> Response:
    """An order was taken, or the switch was looked at."""
    if what.order != "read":
        return Response(204)
    return Response(200, msgspec.json.encode(_System(what.node, state)))


def unreachable(why: str) -> Response:
    """The device lives, its switches do not answer."""
    return _error(502, why)


def _error(status: int, why: str) -> Response:
    return Response(status, msgspec.json.encode({"error": {"message": why}}))


# --- the controller's side ----------------------------------------------------------------------------


def request(ask: AskPower, token: str) -> Request:
    path = f"{SYSTEMS}{ask.node}"
    if ask.order == "read":
        return Request("GET", path, token)
    return Request("POST", path + _RESET, token, msgspec.json.encode(_Reset(ask.order)))


def answered(ask: AskPower, response: Response) -> PowerAnswered:
    """Only what the device says itself counts as a state; that it took an order says nothing of that."""
    if ask.order != "read" and response.status == 204:
        taken: PowerState = "PoweringOff" if ask.order == "ForceOff" else "PoweringOn"
        return PowerAnswered(ask.request, ask.node, taken)
    if ask.order == "read" and response.status == 200:
        try:
            system = msgspec.json.decode(response.body, type=_System)
        except msgspec.DecodeError as error:
            return failed(ask, f"it answers nonsense: {error}")
        if system.Id == ask.node:
            return PowerAnswered(ask.request, ask.node, system.PowerState)
        return failed(ask, f"it answers about '{system.Id}'")
    return failed(ask, "it does not know our token" if response.status == 401 else f"HTTP {response.status}")


def failed(ask: AskPower, why: str) -> PowerAnswered:
    return PowerAnswered(ask.request, ask.node, "unknown", why)
