"""`ctl` inside a container of the stack.

python3 -m targets.reference.ctl status
"""

from __future__ import annotations

import socket
import sys

from targets.reference.ctl.asking import Way
from targets.reference.ctl.command import run
from targets.reference.driver.surroundings import address, environment_settings, stack_token

_CONNECT_WITHIN_S = 1.0


def _dial(host: str, port: int) -> socket.socket:
    return socket.create_connection((address(host), port), timeout=_CONNECT_WITHIN_S)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], environment_settings(), Way(_dial, stack_token())))
