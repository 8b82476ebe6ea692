"""What is going on while a drill runs, on a terminal. Told entries, shown a moment; owns no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

from harness.model.event import AlertRaised, NodeRole
from harness.model.journal import Entry, TrialBegan
from harness.model.plan import PlanFile
from reports.look import Look

# Drawing shares the machine with the system under drill: four pictures a second are enough for an eye.
_PICTURE_EVERY_S = 0.25
_ROLE_STYLES: Mapping[NodeRole, str] = {
    "primary": "bold green",
    "standby": "cyan",
    "starting": "yellow",
    "fenced": "yellow",
    "cold": "blue",
    "down": "bold red",
}


class Moment(Protocol):
    """Where a run stands. waiting_for, primary: empty when there is none; epoch: the newest told."""

    @property
    def trial(self) -> int: ...
    @property
    def trials(self) -> int: ...
    @property
    def step(self) -> str: ...
    @property
    def waiting_for(self) -> str: ...
    @property
    def roles(self) -> Mapping[str, NodeRole]: ...
    @property
    def epoch(self) -> int: ...
    @property
    def faults(self) -> tuple[str, ...]: ...
    @property
    def writes_ok_last_s(self) -> int: ...


def picture(drill: str, moment: Moment, *, elapsed_s: float, alert: str, look: Look) -> Text:
    """A few lines, each cut at its end where the terminal is narrow."""
    text = Text(no_wrap=True, overflow="ellipsis" if not look.ascii else "crop")
    minutes, seconds = divmod(int(elapsed_s), 60)
    text.append(f"{minutes}:{seconds:02d}  ", style="dim")
    text.append(drill, style="bold")
    text.append(f"  trial {moment.trial}/{moment.trials}  ")
    text.append(look.text(moment.step), style="bold")
    if moment.waiting_for:
        text.append(look.text(f"\n  waiting for {moment.waiting_for}"), style="yellow")
    text.append("\n ")
    for host, role in sorted(moment.roles.items()):
        text.append(f" {host} ")
        text.append(role, style=_ROLE_STYLES[role])
    rate = moment.writes_ok_last_s
    text.append(f"  epoch {moment.epoch}")
    text.append(f"  {rate} writes/s", style="green" if rate else "bold yellow")
    for fault in moment.faults:
        text.append(look.text(f"\n  in force: {fault}"), style="red")
    if alert:
        text.append(look.text(f"\n  calls for a person: {alert}"), style="yellow")
    return text


class Picture:
    """Follows a run on a terminal. elapsed gives the seconds since the command began."""

    def __init__(self, console: Console, *, elapsed: Callable[[], float], look: Look) -> None:
        self._console, self._elapsed, self._look = console, elapsed, look
        self._live: Live | None = None
        self._drill, self._alert, self._drawn_s = "", "", float("-inf")

    def say(self, text: str) -> None:
        self._console.print(Text(self._look.text(f"  {text}"), style="dim"))

    def begin(self, file: PlanFile, folder: str) -> None:
        self._drill, self._alert = file.plan.drill, ""
        self._console.print(Text(self._look.text(f"{self._drill}  {folder}"), style="bold"))
        self._live = Live(console=self._console, auto_refresh=False, transient=True)

    def told(self, entries: Sequence[Entry], moment: Callable[[], Moment]) -> None:
        for entry in entries:
            if isinstance(entry, AlertRaised):
                self._alert = f"{entry.host}: {entry.text}"
            elif isinstance(entry, TrialBegan):
                self._alert = ""
        now_s = self._elapsed()
        if self._live is not None and now_s - self._drawn_s >= _PICTURE_EVERY_S:
            self._drawn_s = now_s
            self._live.start()
            drawn = picture(self._drill, moment(), elapsed_s=now_s, alert=self._alert, look=self._look)
            self._live.update(drawn, refresh=True)

    def end(self) -> None:
        """Take the picture away; what is printed next begins on a clean line."""
        if self._live is not None:
            self._live.stop()
        self._live = None
