"""A block of 127/8 for one run: taken by listening in it, so that of two runs at once only one gets it.

The lock is a socket that every process of the run inherits: the block is free again when the last has gone.
"""

from __future__ import annotations

import errno
import random
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address

from harness.model.errors import WorldError

# The second number of 127.x.0.0; 127.0 and 127.1 are what other programs use.
_BLOCKS = range(16, 240)
_LOCK_HOST, _LOCK_PORT = 0xFFFE, 7400
_ATTEMPTS_MAX = 20


def claimed() -> tuple[IPv4Address, socket.socket]:
    """The first address of a /16 that nobody else has, and the lock. Raises WorldError."""
    for number in random.sample(_BLOCKS, _ATTEMPTS_MAX):
        block = IPv4Address(f"127.{number}.0.0")
        lock = _listening(f"{block + _LOCK_HOST}", _LOCK_PORT)
        if lock is not None:
            lock.set_inheritable(True)
            return block, lock
    raise WorldError(
        f"{_ATTEMPTS_MAX} blocks of loopback addresses were all taken\n"
        "  `failover-drill clean` ends what dead runs left; else try again when fewer runs go on"
    )


def must_be_free(address: str, ports: Collection[int]) -> None:
    """Raises WorldError for a port that a program of this machine holds on all of its addresses."""
    for port in sorted(ports):
        with _closed(_listening(address, port)) as free:
            if not free:
                raise WorldError(
                    f"port {port} is taken at every address of this machine, and a host of the stack has to "
                    f"listen there\n  `ss -ltnp 'sport = :{port}'` names the program that has it; end it, or "
                    "let it listen at one address alone"
                )


@contextmanager
def _closed(listener: socket.socket | None) -> Iterator[bool]:
    try:
        yield listener is not None
    finally:
        if listener is not None:
            listener.close()


def _listening(address: str, port: int) -> socket.socket | None:
    """None when it is taken. Raises WorldError for a machine without such addresses."""
    try:
        return socket.create_server((address, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return None
        raise WorldError(
            f"cannot listen at {address}: {error.strerror}\n  the processes world needs all of 127/8 at the "
            "loopback device, as Linux has it"
        ) from error
