"""ctl: the operator's tool of the target, for a stack that runs. The words are the target's own."""

from __future__ import annotations

from harness.cli.arguments import Namespace


def ctl(args: Namespace) -> int:
    """Over links that no fault touches: it sees every host that is up, in whatever partition."""
    from harness.worlds.docker.running import running
    from targets.reference.ctl import outside

    words = outside.checked(args.words)
    stack = running(args.run)
    return outside.run(words, stack.environment, stack.dial)
