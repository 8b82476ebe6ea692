"""A target that is none of ours: an ordinary compose file of echo servers, seen through the seams."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from tenacity import retry, stop_after_delay, wait_fixed

from harness.model.drill import Json, Load
from harness.model.errors import TargetError
from harness.model.event import HealthReported
from harness.model.fault import Side
from harness.model.moment import Moment
from harness.model.plan import Bound, HostPlan, Plan, Promises
from harness.model.proof import Proof
from harness.seams import Dial, Emit, Inside, Stack, StackHost

STACK = Path(__file__).parent / "echostack" / "compose.yaml"
PORTS = (7000, 7001)
HOSTS = (
    HostPlan(name="a", role="data", ports=PORTS),
    HostPlan(name="b", role="data", ports=PORTS),
    HostPlan(name="asker", role="client"),
)
_NOTHING = Bound(limit_s=0.0, formula="none")
PROMISES = Promises(detection=_NOTHING, rpo=_NOTHING, lost_writes_max=None, reads_are_linearizable=False)


class EchoWatch:
    """Says once that both servers answer; knows one control, and refuses every other."""

    def __init__(self, dial: Dial, emit: Emit, clock: Callable[[float], float]) -> None:
        self._dial = dial
        for host in ("a", "b"):
            detail = self._answer(host)
            emit(HealthReported(at_s=clock(time.monotonic()), host=host, ready=True, epoch=0, detail=detail))

    def control(self, action: str, host: str) -> str:
        if action != "ask":
            raise TargetError(f"echo servers know no '{action}'")
        return self._answer(host)

    @retry(wait=wait_fixed(0.05), stop=stop_after_delay(10), reraise=True)
    def _answer(self, host: str) -> str:
        """They need a moment to start."""
        with self._dial(host, PORTS[0]) as connection, connection.makefile("rw") as lines:
            lines.write("hello\n")
            lines.flush()
            return lines.readline().strip()

    def read_all(self, host: str, value_prefix: str) -> tuple[int, tuple[str, ...]]:
        return 0, (self._answer(host),)

    def arm(self, host: str, name: str, point: Moment, side: Side) -> None:
        raise TargetError("an echo has no machine that could die at a point")

    def spare(self, host: str, name: str) -> None:
        """Nothing is ever armed."""

    def close(self) -> None: ...


class EchoTarget:
    """Offers harness.seams.Target, as far as a world asks for it."""

    name = "echo"
    summary = "two echo servers"

    @property
    def images(self) -> Mapping[str, str]:
        return {"failover-drill/mesh": "mesh"}

    def faults(self) -> frozenset[str]:
        return frozenset({"kill", "partition"})

    def controls(self) -> frozenset[str]:
        return frozenset()

    def moments(self) -> Mapping[str, Collection[str]]:
        return {}

    def vias(self) -> frozenset[str]:
        return frozenset({"primary"})

    def defects(self) -> Mapping[str, str]:
        return {}

    def proofs(self) -> Mapping[str, Proof]:
        return {}

    def hosts(self, settings: Mapping[str, Json]) -> tuple[HostPlan, ...]:
        return HOSTS

    def settings(self, written: Mapping[str, Json]) -> dict[str, Json]:
        return dict(written)

    def settings_schema(self) -> dict[str, Json]:
        return {}

    def promises(self, settings: Mapping[str, Json]) -> Promises:
        return PROMISES

    def stack(self, plan: Plan, compose_root: Path) -> Stack:
        return Stack(
            compose_file=str(STACK),
            hosts=tuple(StackHost(plan=host, service=host.name) for host in plan.hosts),
            environment={"SETTINGS": '{"price": "5$"}'},
            images=self.images,
            client_port=7300,
        )

    def watch(
        self,
        plan: Plan,
        stack: Stack,
        dial: Dial,
        emit: Emit,
        clock: Callable[[float], float],
        inside: Inside,
    ) -> EchoWatch:
        return EchoWatch(dial, emit, clock)


def plan() -> Plan:
    return Plan(
        drill="echo",
        story="",
        target="echo",
        world="docker",
        seed=1,
        defect="",
        settings={},
        hosts=HOSTS,
        clients=(),
        load=Load(),
        trials=(),
        expect=(),
        promises=PROMISES,
    )
