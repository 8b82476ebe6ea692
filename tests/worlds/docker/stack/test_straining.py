"""What hardships ask of the engine and of the resident, what they tell, and what did not bite."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest
from msgspec import structs

from harness.model.errors import WorldError
from harness.model.fault import Strain
from harness.model.hardship import Cpu, DiskFull, FailingFsync, Hardship, Memory, SlowFsync
from harness.seams import ServiceProcess
from harness.worlds.docker.stack.hostcontainers import HostContainers
from harness.worlds.docker.stack.straining import DockerStraining
from harness.worlds.faults.answers import Disks, Ended, Kills, Processor, Traced, Volunteer
from harness.worlds.faults.resident import Resident

HURRY = threading.Event()
HURRY.set()
CPU, LESS = Strain("n1", Cpu(0.1)), Strain("n1", Cpu(0.05))
MEMORY, FULL = Strain("n1", Memory(100)), Strain("n1", DiskFull())
LATE, FAILING = Strain("n1", SlowFsync(0.2)), Strain("n1", FailingFsync())
MB = 1_000_000


class Containers(HostContainers):
    """One host, n1, whose main process is 100 in sandbox 900."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.own_cpus = False
        self.is_running = True
        self.own_bytes = 0

    def main_pid(self, host: str) -> int:
        return 100 if self.is_running else 0

    def sandbox_pid(self, host: str) -> int:
        return 900

    def has_cpus(self, host: str) -> bool:
        return self.own_cpus

    def give_processor(self, host: str, *, quota_us: int, period_us: int) -> None:
        self.did.append(f"{quota_us} of {period_us}")

    def give_memory(self, host: str, limit_bytes: int) -> None:
        self.did.append(f"memory {limit_bytes}")

    def own_memory_bytes(self, host: str) -> int:
        return self.own_bytes

    def begin(self, host: str, argv: Sequence[str]) -> None:
        self.did.append(f"begin {argv[0]}")


class Kernel(Resident):
    """Says what it is told to, of the host's containers."""

    def __init__(self, containers: Containers) -> None:
        super().__init__("127.0.0.1", 9, "")
        self._containers = containers
        self.quota_us: int | None = None
        self.used_s = 0.0
        self.looks = 0
        self.kills = 1
        self.survives = False
        self.let_go = 0
        self.disks_seen = Disks(before_s=1, after_s=1, disks=1, free_bytes=50 * MB, writable=1)
        self.fills = True

    def processor(self, pid: int) -> Processor:
        self.looks += 1
        asked = int(self._containers.did[-1].split()[0]) if self._containers.did else -1
        return Processor(
            at_s=10.0 + 0.3 * self.looks,
            quota_us=asked if self.quota_us is None else self.quota_us,
            period_us=100_000,
            used_s=self.used_s * self.looks,
            periods=3 * self.looks,
            held_back=2 * self.looks,
        )

    def memory(self, pid: int) -> Kills:
        return Kills(limit_bytes=1 << 50, used_bytes=20 * MB, oom_kills=self.kills)

    def volunteer(self, main_pid: int, sandbox_pid: int, *, child: bool) -> Volunteer:
        return Volunteer(pid=main_pid + child, start_ticks=1)

    def gone(self, ended: Ended, *, within_s: float) -> Ended:
        return structs.replace(ended, ended_s=None if self.survives else time.monotonic())

    def trace(self, sandbox_pid: int, injection: str) -> Traced:
        self._containers.did.append(f"trace {injection}")
        return self.traced(77)

    def traced(self, tracer: int) -> Traced:
        return Traced(
            before_s=1.0, after_s=1.1, tracer=tracer, processes=2, threads=5, lost=self.let_go, calls=3
        )

    def untrace(self, tracer: int) -> Traced:
        self._containers.did.append(f"untrace {tracer}")
        return self.traced(tracer)

    def disks(self, sandbox_pid: int) -> Disks:
        return self.disks_seen

    def fill(self, sandbox_pid: int) -> Disks:
        if self.fills:
            self.disks_seen = structs.replace(self.disks_seen, free_bytes=0, writable=0)
        return self.disks_seen

    def make_room(self, sandbox_pid: int) -> Disks:
        self.disks_seen = structs.replace(self.disks_seen, free_bytes=50 * MB, writable=1)
        return self.disks_seen


MAIN, CHILD = ServiceProcess(), ServiceProcess(kind="child")


class It:
    def __init__(self, process: ServiceProcess = MAIN) -> None:
        self.containers = Containers()
        self.kernel = Kernel(self.containers)
        self.straining = DockerStraining(self.containers, self.kernel, lambda host: process)

    def begin(self, fault: Strain, *others: Strain) -> list[str]:
        act = self.straining.begin(fault, others)
        assert act.before_s <= act.after_s
        return [*act.evidence, *self.straining.bites(fault, HURRY)]

    def end(self, fault: Strain, *others: Strain) -> tuple[str, ...]:
        return self.straining.end(fault, others).evidence


def test_a_share_is_given_and_seen_to_be_kept_and_taken_back() -> None:
    it = It()
    it.kernel.used_s = 0.03
    assert it.begin(CPU) == [
        "n1 may have 10% of a processor",
        "in 300 ms n1 used 30 ms of its processor, and was held back in 2 of 3 periods",
    ]
    assert it.end(CPU) == ("n1 may have any share again",)
    assert it.containers.did == ["10000 of 100000", "-1 of 100000"]


def test_of_two_shares_the_least_counts_in_whatever_order_they_end() -> None:
    it = It()
    it.begin(LESS)
    it.begin(CPU, LESS)
    it.end(LESS, CPU)
    assert it.containers.did == ["5000 of 100000", "5000 of 100000", "10000 of 100000"]


def test_who_uses_more_than_its_share_was_not_held_back() -> None:
    it = It()
    it.kernel.used_s = 0.2
    with pytest.raises(WorldError, match=r"n1 used 200 ms of a processor in 300 ms, where 50 ms are all"):
        it.begin(CPU)


def test_a_share_that_the_kernel_does_not_know_of_did_not_bite() -> None:
    it = It()
    it.kernel.quota_us = -1
    with pytest.raises(WorldError, match="the kernel lets n1 have any share, not what was asked for"):
        it.begin(CPU)


def test_who_has_processors_of_its_own_is_left_alone() -> None:
    it = It()
    it.containers.own_cpus = True
    with pytest.raises(WorldError, match="n1 has `cpus` of its own"):
        it.begin(CPU)


@pytest.mark.parametrize(("process", "pid"), [(MAIN, 100), (CHILD, 101)], ids=["main", "child"])
def test_memory_is_taken_until_the_kernel_has_ended_the_services_process(
    process: ServiceProcess, pid: int
) -> None:
    it = It(process)
    gone, *_ = it.begin(MEMORY)
    assert gone == f"process {pid} of n1 was gone when memory beyond 100MB was asked for"
    assert it.containers.did == [f"memory {100 * MB}", "begin tail"]
    it.containers.own_bytes = 300 * MB
    assert it.end(MEMORY) == ("n1 may have all the memory there is again",)


def test_a_limit_that_it_had_before_is_what_it_gets_back() -> None:
    it = It()
    it.containers.own_bytes = 300 * MB
    it.begin(MEMORY)
    assert it.end(MEMORY) == ("n1 may have 300MB again",)


def test_who_survives_without_memory_did_not_run_out_of_it() -> None:
    it = It()
    it.kernel.survives = True
    with pytest.raises(WorldError, match="process 100 of n1 lives, though memory is taken from it"):
        it.begin(MEMORY)


def test_a_death_that_the_kernel_did_not_count_was_another_one() -> None:
    it = It(CHILD)
    it.kernel.kills = 0
    with pytest.raises(WorldError, match="not by the kernel's OOM killer"):
        it.begin(MEMORY)


@pytest.mark.parametrize(
    ("fault", "injection", "what"),
    [(LATE, "delay_enter=200000", "late"), (FAILING, "error=EIO", "failed")],
)
def test_fsyncs_are_changed_by_a_tracer_that_holds_all_and_lets_go(
    fault: Strain, injection: str, what: str
) -> None:
    it = It()
    (line,) = it.begin(fault)
    assert line.startswith("strace holds 5 threads of 2 processes of n1; in ")
    assert line.endswith(f" ms 3 calls of fsync were {what}")
    assert it.end(fault) == ("strace has let go of n1, after 3 calls",)
    assert it.containers.did == [f"trace {injection}", "untrace 77"]


def test_a_tracer_that_does_not_hold_all_does_not_bite_and_later_has_lapsed() -> None:
    it = It()
    it.begin(LATE)
    it.kernel.let_go = 2
    with pytest.raises(WorldError, match="strace does not hold 2 threads of n1"):
        it.straining.bites(LATE, HURRY)
    assert it.straining.lapsed(LATE, ()) == "strace does not hold 2 threads of n1 any more"


def test_a_disk_is_full_when_no_byte_fits_and_has_room_when_one_does() -> None:
    it = It()
    assert it.begin(FULL) == [
        "50.0MB taken, 0 bytes left on 1 disks of n1; a byte written there ended in ENOSPC"
    ]
    assert it.straining.lapsed(FULL, ()) == ""
    assert it.end(FULL, FULL) == ("the disks of n1 stay full: another fault in force fills them too",)
    assert it.end(FULL) == ("50.0MB are free on 1 disks of n1; a byte fits",)
    assert it.straining.lapsed(FULL, ()) == "there is room on a disk of n1"


def test_a_disk_on_which_a_byte_still_fits_is_not_full() -> None:
    it = It()
    it.kernel.fills = False
    with pytest.raises(WorldError, match="a byte could still be written on 1 disks of n1"):
        it.begin(FULL)


def test_who_has_no_disk_of_its_own_is_never_filled() -> None:
    it = It()
    it.kernel.disks_seen = Disks(before_s=1, after_s=1, disks=0, free_bytes=0, writable=0)
    with pytest.raises(WorldError, match="n1 keeps nothing on a named volume, and the machine's own disk"):
        it.begin(FULL)


@pytest.mark.parametrize("by", [Cpu(0.1), Memory(100)])
def test_who_does_not_run_has_nothing_to_be_seen_of(by: Hardship) -> None:
    it = It()
    it.containers.is_running = False
    if isinstance(by, Memory):
        with pytest.raises(WorldError, match="n1 does not run"):
            it.begin(Strain("n1", by))
    else:
        assert it.begin(Strain("n1", by)) == ["n1 does not run; the limit holds from its start on"]
