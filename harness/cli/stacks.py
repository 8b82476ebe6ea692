"""up and ctl: stacks without a drill, and those that run. ctl's words are the target's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness import runfolder
from harness.cli.arguments import Namespace
from harness.cli.streams import write_error
from harness.interrupts import Interrupts
from harness.model.errors import DrillError, ExitCode, HarnessError

if TYPE_CHECKING:
    from harness.model.plan import Plan
    from harness.worlds.docker.world import DockerWorld

_LOOK_AT_IT = "`failover-drill ctl status` looks at it"
_STARTING = "starting the stack"
Opens = Callable[["Plan", Path, Callable[[str], None]], "DockerWorld"]


class StoppedError(HarnessError):
    """A signal ended it before the stack was handed over."""

    def __init__(self, interrupts: Interrupts) -> None:
        super().__init__(f"{interrupts.name}: the stack was removed before it was up")
        self.exit_code = interrupts.exit_code


def up(args: Namespace) -> ExitCode:
    """The stack of one drill file, left running; the drill itself is not run. A signal leaves nothing."""
    from harness.cli.drills import containers, plans_of

    if len(args.files) != 1:
        raise DrillError("name one drill file: its settings say what is brought up")
    args.world, args.keep, args.trials = "docker", True, 1
    (_, plan), *_ = plans_of(args)
    opens = containers([plan], keep=True)
    folder = runfolder.make(Path(args.out), f"up-{plan.drill}", datetime.now(UTC))
    with Interrupts() as interrupts:
        lacks = _handed_over(plan, folder, opens, interrupts)
    write_error(f"it runs{f', but is not steady: {lacks}' if lacks else ' and serves'}: {_LOOK_AT_IT}\n")
    return ExitCode.PASS if not lacks else ExitCode.UNKNOWN


def _handed_over(plan: Plan, folder: Path, opens: Opens, interrupts: Interrupts) -> str:
    """What it still lacks to be steady. Raises StoppedError, and then nothing of it is left."""
    from harness.steadiness import until_steady

    def say(text: str) -> None:
        write_error(f"{text}\n")
        if interrupts.asked and interrupts.doing == _STARTING:
            interrupts.doing = "removing what was started"
            raise StoppedError(interrupts)

    interrupts.doing = _STARTING
    world = opens(plan, folder, say)
    interrupts.doing = "removing what was started"
    try:
        lacks = until_steady(world, plan, within_s=plan.settle_within_s, stop=lambda: interrupts.asked)
    finally:
        if interrupts.asked:
            world.discard()
        else:
            world.close()
    if interrupts.asked:
        raise StoppedError(interrupts)
    return lacks


def ctl(args: Namespace) -> int:
    """Over links that no fault touches: it sees every host that is up, in whatever partition."""
    from harness.worlds.docker.running import running
    from targets.reference.ctl import outside

    words = outside.checked(args.words)
    stack = running(args.run)
    return outside.run(words, stack.environment, stack.dial)
