"""What the conductor's parts share: the plan, where things stand, and what is to be told. Decides nothing."""

from __future__ import annotations

from harness.clusterview import ClusterView
from harness.conductor.agenda import Action, Agenda
from harness.conductor.faults import FaultTable
from harness.conductor.load import LoadSeen
from harness.ids import value_prefix
from harness.model.command import Command, Wake
from harness.model.event import (
    Applied,
    Controlled,
    Event,
    Executed,
    Healed,
    Returned,
    Stalled,
)
from harness.model.journal import Note
from harness.model.plan import Plan
from harness.reach import Hosts

# Ways to a node's own address, whatever that node becomes.
BOUND = ("primary", "standby")
Told = tuple[list[Command], list[Note]]


class Stand:
    """One per run. `now_s` is the newest stamp of any event: there is no other clock."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.hosts = plan, Hosts.of(plan.hosts)
        self.view, self.load = ClusterView(), LoadSeen()
        self.view_before = self.view  # the newest event
        self.agenda, self.faults = Agenda(), FaultTable()
        self.now_s = 0.0
        self.trial = 0
        self.addresses: dict[str, str] = {}  # where each client writes
        self.step_text = ""
        self._commands: list[Command] = []
        self._notes: list[Note] = []

    @property
    def prefix(self) -> str:
        """Of this trial's values and ids."""
        return value_prefix(self.trial)

    def saw(self, event: Event) -> None:
        self.now_s = max(self.now_s, stamp(event))
        self.view_before = self.view
        if isinstance(event, Returned):
            self.load.seen(event)
        else:
            self.view = self.view.seen(event)

    def ask(self, *commands: Command) -> None:
        self._commands += commands

    def note(self, note: Note) -> None:
        self._notes.append(note)

    def after(self, delay_s: float, what: str, action: Action) -> None:
        self.ask(self.agenda.after(delay_s, f"{self.prefix}.{what}", action))

    def no_more_wakes(self) -> None:
        """Nobody is left to be woken."""
        self.agenda.clear()
        self._commands = [command for command in self._commands if not isinstance(command, Wake)]

    def told(self) -> Told:
        told = (self._commands, self._notes)
        self._commands, self._notes = [], []
        return told

    def awaited(self) -> tuple[str, ...]:
        """The clients that must be served: one that is bound to a node only while that is the primary."""
        return tuple(
            client.host
            for client in self.plan.clients
            if client.writers
            and (client.via not in BOUND or self.addresses.get(client.host) == self.view.primary)
        )


def stamp(event: Event) -> float:
    """The moment at which an event was whole."""
    match event:
        case Returned():
            return event.call_s if event.ret_s is None else event.ret_s
        case Applied() | Healed() | Controlled() | Executed():
            return event.after_s
        case Stalled():
            return event.to_s
        case _:
            return event.at_s
