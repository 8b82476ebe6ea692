"""A harness of its own for the tests that kill it: opens the echo stack and waits. Arguments: its folder.

Tells each step on standard output, so that who kills it knows where it is.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from harness.worlds.docker.world import DockerWorld
from tests.docker.echotarget import EchoTarget, plan


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    DockerWorld.open(plan(), EchoTarget(), Path(sys.argv[1]), say, False)
    say("open")
    time.sleep(60)
