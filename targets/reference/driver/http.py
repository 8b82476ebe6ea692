"""HTTP/1.1 as far as the fence device needs it: one request a connection, its length known. Pure.

Whatever is not understood is a ValueError: the connection is closed then.
"""

from __future__ import annotations

from targets.reference.driver.redfish import Request, Response

HEAD_BYTES_MAX, BODY_BYTES_MAX = 4096, 65536
END = b"\r\n\r\n"
_REASONS = {200: "OK", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}
_REASONS |= {405: "Method Not Allowed", 502: "Bad Gateway"}


def request_bytes(request: Request, host: str) -> bytes:
    head = (
        f"{request.method} {request.path} HTTP/1.1\r\nHost: {host}\r\nX-Auth-Token: {request.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(request.body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + request.body


def response_bytes(response: Response) -> bytes:
    reason = _REASONS.get(response.status, "")
    head = (
        f"HTTP/1.1 {response.status} {reason}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(response.body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + response.body


def body_bytes(head: bytes) -> int:
    """How long what follows the head is."""
    written = _fields(head).get("content-length", "0")
    if not written.isdigit() or int(written) > BODY_BYTES_MAX:
        raise ValueError(f"a body of {written[:20]} bytes; at most {BODY_BYTES_MAX}")
    return int(written)


def request_of(head: bytes, body: bytes) -> Request:
    method, path, version = _first(head)
    if not version.startswith("HTTP/1."):
        raise ValueError("this is not HTTP/1")
    fields = _fields(head)
    token = fields.get("x-auth-token") or fields.get("authorization", "").removeprefix("Bearer ")
    return Request(method, path, token.strip(), body)


def response_of(head: bytes, body: bytes) -> Response:
    version, status, _ = _first(head)
    if not version.startswith("HTTP/1.") or not status.isdigit():
        raise ValueError("this is no answer of HTTP/1")
    return Response(int(status), body)


def _first(head: bytes) -> tuple[str, str, str]:
    words = head.decode("latin-1").split("\r\n", 1)[0].split(" ", 2)
    if len(words) < 2:
        raise ValueError("the first line has not enough words")
    return words[0], words[1], words[2] if len(words) > 2 else ""


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
