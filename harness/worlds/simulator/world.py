"""A drill in virtual time: the target's own programs on simulated hosts."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.command import (
    AwaitMoment,
    Command,
    Control,
    ForgetMoment,
    Heal,
    Inject,
    ReadAll,
    StartLoad,
    StopLoad,
    Wake,
)
from harness.model.errors import WorldError
from harness.model.event import Applied, Controlled, Event, Failed, FinalRead, Healed, MomentCame, Woke
from harness.model.moment import text_of
from harness.model.plan import Plan
from harness.seams import Kernel, Running, Simulated
from harness.worlds.simulator.faults import Faults
from harness.worlds.simulator.load import ClientProgram
from harness.worlds.simulator.moments import Moments
from harness.worlds.simulator.network import Network
from harness.worlds.simulator.process import Host, Process
from harness.worlds.simulator.timeline import Timeline

_ADVANCE_S = 0.1
# Hosts do not come up at the same moment.
_BEGINS_S = (0.0, 0.05)
# No host of a plan can be called so: a service's name holds no space.
_OBSERVER = "the observer"


class SimulatorWorld:
    """Offers harness.seams.World."""

    def __init__(self, plan: Plan, target: Simulated) -> None:
        self._plan, self._target = plan, target
        self.timeline = Timeline(plan.seed)
        self._network = Network(self.timeline)
        self._told: list[Event] = []
        self._hosts = {host.name: Host(host.name, self.timeline) for host in plan.hosts}
        self.moments = Moments(self._hosts)
        self._faults = Faults(
            self._hosts,
            {host.name: target.process(host) for host in plan.hosts},
            timeline=self.timeline,
            network=self._network,
            moments=self.moments,
            begin=self._begin,
            tell=self._tell,
        )
        self._clients: dict[str, ClientProgram] = {}
        observer = Process(Host(_OBSERVER, self.timeline), self.timeline, self._network, self._tell)
        self._watch = target.watch(plan, observer)
        for host in plan.hosts:
            self.timeline.later(self.timeline.draw.uniform(*_BEGINS_S), self._begin, host.name)

    def perform(self, command: Command) -> None:
        match command:
            case Inject(fault_id=fault_id, fault=fault):
                self._faults.inject(fault_id, fault, lambda told: self._answer(fault_id, told))
            case Heal(fault_id=fault_id):
                self._faults.heal(fault_id, lambda told: self._answer(fault_id, told))
            case StartLoad(client=client):
                self._client(client).start(command)
            case StopLoad(client=client):
                self._client(client).stop(client)
            case Control():
                self._control(command)
            case ReadAll():
                self._read_all(command)
            case AwaitMoment():
                self._await_moment(command)
            case ForgetMoment(moment_id=moment_id):
                self.moments.forget(moment_id)
            case Wake(wake_id=wake_id, after_s=after_s):
                self.timeline.later(after_s, self._wake, wake_id)

    def advance(self) -> Sequence[Event]:
        if not self._told:
            self.timeline.run(self.timeline.now_s + _ADVANCE_S)
        told, self._told = self._told, []
        return told

    def now_s(self) -> float:
        return self.timeline.now_s

    def close(self) -> None:
        """There is nothing outside of this object that could be left behind."""

    def _begin(self, host: str) -> None:
        (plan,) = [plan for plan in self._plan.hosts if plan.name == host]
        power = self._faults.switches.ask if plan.role == "fence" else None
        process = Process(self._hosts[host], self.timeline, self._network, self._tell, power=power)
        self._faults.made(process)
        process.begin(self._load if plan.role == "client" else self._target.program(self._plan, plan))

    def _load(self, kernel: Kernel) -> Running:
        self._clients[kernel.host] = ClientProgram(kernel, self._target.connect)
        return self._clients[kernel.host]

    def _client(self, host: str) -> ClientProgram:
        if host not in self._clients:
            raise WorldError(f"the load program of {host} has not begun yet")
        return self._clients[host]

    def _tell(self, event: Event) -> None:
        self._say(event)
        self._watch.saw(event)

    def _say(self, event: Event) -> None:
        self._told.append(event)
        self.timeline.halt()

    def _wake(self, wake_id: str) -> None:
        self._say(Woke(wake_id=wake_id, at_s=self.timeline.now_s))

    def _await_moment(self, command: AwaitMoment) -> None:
        def came(process: Process) -> None:
            moment_id, text = command.moment_id, text_of(command.moment)
            at_s = self.timeline.now_s
            self._say(MomentCame(moment_id=moment_id, host=process.host, text=text, at_s=at_s))

        self.moments.seek(command.moment_id, command.moment, came)

    def _answer(self, command_id: str, told: Applied | Healed | WorldError) -> None:
        self._say(self._failed(command_id, str(told)) if isinstance(told, WorldError) else told)

    def _failed(self, command_id: str, reason: str) -> Failed:
        return Failed(command_id=command_id, reason=reason, at_s=self.timeline.now_s)

    def _control(self, command: Control) -> None:
        before_s = self.timeline.now_s

        def done(ok: bool, detail: str) -> None:
            self._say(
                Controlled(
                    control_id=command.control_id,
                    action=command.action,
                    ok=ok,
                    detail=detail,
                    before_s=before_s,
                    after_s=self.timeline.now_s,
                )
            )

        self._watch.control(command.action, command.host, done)

    def _read_all(self, command: ReadAll) -> None:
        def done(read: tuple[int, tuple[str, ...]] | str) -> None:
            if isinstance(read, str):
                self._say(self._failed(command.read_id, read))
                return
            epoch, values = read
            self._say(
                FinalRead(
                    read_id=command.read_id,
                    host=command.host,
                    epoch=epoch,
                    values=values,
                    at_s=self.timeline.now_s,
                )
            )

        self._watch.read_all(command.host, command.value_prefix, done)
