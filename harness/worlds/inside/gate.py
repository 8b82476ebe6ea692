"""A raw pipe from the observers to a port of a host: past Toxiproxy, so that no fault touches it."""

from __future__ import annotations

import contextlib
import socket
import threading

_CONNECT_WITHIN_S = 3.0
_CHUNK = 1 << 16

# The local ports of pipes that are open: to the kernel they look like the hub's own connections.
ports: set[int] = set()


def serve(client: socket.socket, address: str, port: int) -> None:
    """Until one side is through or gone. Raises OSError when the client is."""
    try:
        host = socket.create_connection((address, port), timeout=_CONNECT_WITHIN_S)
    except OSError as error:
        client.sendall(f"-{error}".encode())
        return
    local_port = host.getsockname()[1]
    ports.add(local_port)
    try:
        with host:
            host.settimeout(None)
            host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.sendall(b"+")
            _both_ways(client, host)
    finally:
        ports.discard(local_port)


def _both_ways(client: socket.socket, host: socket.socket) -> None:
    back = threading.Thread(target=_pump, args=(host, client), daemon=True)
    back.start()
    _pump(client, host)
    back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """An end is passed on as an end; a failure ends both ways."""
    try:
        while chunk := source.recv(_CHUNK):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for side in (source, sink):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
