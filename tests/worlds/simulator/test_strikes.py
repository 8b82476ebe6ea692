"""Which processes live and run, where faults meet each other at odd moments."""

from __future__ import annotations

from harness.model.errors import WorldError
from harness.model.event import Applied, Healed
from harness.model.fault import Kill, Pause, Stop
from harness.seams import Kernel, ServiceProcess
from harness.worlds.simulator.faults import Faults
from harness.worlds.simulator.moments import Moments
from harness.worlds.simulator.process import Process
from tests.worlds.simulator.kernels import Lab, Noted


class Scene:
    """One host of one process, that notes when its program began; told: every answer, in its order."""

    def __init__(self) -> None:
        self.lab = Lab("a")
        self.began_s: list[float] = []
        self.told: list[Applied | Healed | WorldError] = []
        self.faults = Faults(
            self.lab.hosts,
            {"a": ServiceProcess()},
            timeline=self.lab.timeline,
            network=self.lab.network,
            moments=Moments(self.lab.hosts),
            begin=self._begin,
            tell=lambda event: None,
        )

    @property
    def said(self) -> list[str]:
        return [type(told).__name__ for told in self.told]

    def inject(self, fault_id: str, fault: Kill | Stop | Pause) -> None:
        self.faults.inject(fault_id, fault, self.told.append)

    def heal(self, fault_id: str) -> None:
        self.faults.heal(fault_id, self.told.append)

    def _begin(self, host: str) -> None:
        lab = self.lab
        process = Process(lab.hosts[host], lab.timeline, lab.network, lab.told.append)
        lab.processes[host] = process
        self.faults.made(process)
        process.begin(self._program)

    def _program(self, kernel: Kernel) -> Noted:
        self.began_s.append(kernel.now_s())
        return Noted(kernel)


def test_a_stop_that_is_healed_before_it_has_ended_is_told_in_its_order() -> None:
    scene = Scene()
    scene.inject("f1", Stop("a", "process"))
    scene.lab.run(1.0)
    scene.heal("f1")
    assert scene.said == []
    scene.lab.run(8.0)
    assert scene.said == []
    scene.lab.run(2.0)
    assert scene.said == ["Applied", "Healed"]
    assert 9.9 < scene.began_s[0] < 10.1


def test_a_process_that_starts_on_a_frozen_host_does_nothing_before_it_thaws() -> None:
    scene = Scene()
    scene.inject("kill", Kill("a", "process"))
    scene.lab.begin("a")
    scene.inject("pause", Pause("a", "host"))
    scene.lab.processes["a"].kill()
    scene.heal("kill")
    scene.lab.run(1.0)
    assert scene.began_s == []
    scene.heal("pause")
    assert scene.began_s == [1.0]


def test_a_process_that_starts_while_another_one_is_frozen_runs() -> None:
    scene = Scene()
    scene.inject("pause", Pause("a", "process"))
    scene.inject("kill", Kill("a", "process"))
    scene.heal("kill")
    assert scene.began_s == [0.0]
    scene.heal("pause")
    assert not scene.lab.processes["a"].paused


def test_what_cannot_be_struck_is_told() -> None:
    scene = Scene()
    scene.inject("one", Kill("a", "process"))
    scene.inject("two", Kill("a", "process"))
    assert scene.said == ["Applied", "WorldError"]
    assert "nothing runs on a" in str(scene.told[1])


def test_two_pauses_of_one_host_end_with_the_last() -> None:
    scene = Scene()
    scene.inject("one", Pause("a", "host"))
    scene.inject("two", Pause("a", "process"))
    scene.heal("one")
    assert scene.lab.processes["a"].paused
    scene.heal("two")
    assert not scene.lab.processes["a"].paused
