"""Each command is answered by an event with its id, whatever becomes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from msgspec import structs

from harness.model.command import Control, Heal, Inject, ReadAll, StartLoad, StopLoad
from harness.model.errors import TargetError, WorldError
from harness.model.event import Applied, Controlled, Event, Failed, FinalRead, Healed, MomentCame
from harness.model.fault import Crash, Cut, Fault, Kill, Link, Side
from harness.model.moment import Moment
from harness.worlds.meanwhile.desk import Desk, Work
from harness.worlds.meanwhile.explained import Explained
from harness.worlds.meanwhile.inbox import Inbox

KILL = Kill("a", "process")
CUT = Cut((Link("a", "b"),), "drop")
CRASH = Crash(Moment(act="sends", what="Seal", hosts=("a", "b")), "before")
DIES = MomentCame(moment_id="f1", host="b", text="b dies", at_s=3.0)
START = StartLoad(
    trial=1,
    client="c1",
    address="router",
    value_prefix="p",
    writers=1,
    rate_per_s=1.0,
    readers=0,
    read_rate_per_s=0.0,
    timeout_s=1.0,
)


class Hands:
    """Injector, watch and load in one: notes what was asked, raises what it is told to."""

    def __init__(self, explained: Explained) -> None:
        self.asked: list[str] = []
        self.raises: Exception | None = None
        self.explained_at: list[bool] = []
        self.while_injecting: Callable[[], object] = lambda: None
        self.while_proving: Callable[[], object] = lambda: None
        self.while_healing: Callable[[], object] = lambda: None
        self._explained = explained

    def begin(self, fault_id: str, fault: Fault) -> Callable[[], Applied]:
        self._note(f"inject {fault_id}")
        while_proving = self.while_proving
        self.while_injecting()

        def seen() -> Applied:
            while_proving()
            return Applied(fault_id=fault_id, fault=fault, before_s=1.0, after_s=1.1, evidence=("it bit",))

        return seen

    def heal(self, fault_id: str) -> Healed:
        self._note(f"heal {fault_id}")
        self.while_healing()
        return Healed(fault_id=fault_id, before_s=2.0, after_s=2.1, evidence=())

    def lie_in_wait(self, fault_id: str, fault: Crash) -> None:
        self._note(f"lie in wait {fault_id}")

    def crashed(self, fault_id: str, host: str, at_s: float) -> Applied:
        self._note(f"crashed {fault_id} {host}")
        fault = structs.replace(CRASH, host=host)
        return Applied(fault_id=fault_id, fault=fault, before_s=at_s, after_s=at_s, evidence=("it died",))

    def arm(self, host: str, name: str, point: Moment, side: Side) -> None:
        self._note(f"arm {host} {name}: {side} {point.act} {point.what}")

    def spare(self, host: str, name: str) -> None:
        self._note(f"spare {host} {name}")

    def control(self, action: str, host: str) -> str:
        self._note(f"{action} {host}")
        return "done"

    def read_all(self, host: str, value_prefix: str) -> tuple[int, tuple[str, ...]]:
        self._note(f"read {host} {value_prefix}")
        return 3, ("p.1",)

    def start(self, command: StartLoad) -> None:
        self._note(f"start {command.client}")

    def stop(self, command: StopLoad) -> None:
        self._note(f"stop {command.client}")

    def close(self) -> None: ...

    def _note(self, what: str) -> None:
        self.asked.append(what)
        self.explained_at.append(self._explained("a"))
        if self.raises is not None:
            raise self.raises


class Stage:
    def __init__(self) -> None:
        self.inbox, self.explained = Inbox(), Explained()
        self.hands = Hands(self.explained)
        self.desk = Desk(
            injector=self.hands,
            watch=self.hands,
            loads={"c1": self.hands},
            explained=self.explained,
            inbox=self.inbox,
            now_s=lambda: 5.0,
        )

    def answer(self, command: Work) -> Event:
        self.desk.take(command)
        return self.inbox.take(5.0)[0]


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.desk.close()


def _begun(event: Event) -> str:
    assert isinstance(event, Applied)
    return event.fault_id


def test_a_fault_is_applied_and_healed(stage: Stage) -> None:
    applied = stage.answer(Inject("f1", KILL))
    assert isinstance(applied, Applied) and applied.evidence == ("it bit",)
    assert isinstance(stage.answer(Heal("f1")), Healed)


def test_the_end_of_a_victim_is_explained_while_its_fault_lasts(stage: Stage) -> None:
    stage.answer(Inject("f1", KILL))
    stage.answer(Heal("f1"))
    assert stage.hands.explained_at == [True, True]
    assert not stage.explained("a")


def test_faults_of_one_host_come_and_go_in_their_order(stage: Stage) -> None:
    for number in range(20):
        stage.desk.take(Inject(f"f{number}", KILL))
        stage.desk.take(Heal(f"f{number}"))
    told: list[Event] = []
    while len(told) < 40:
        told += stage.inbox.take(5.0)
    assert stage.hands.asked == [f"{verb} f{number}" for number in range(20) for verb in ("inject", "heal")]


def test_a_fault_does_not_wait_until_another_was_seen_to_bite(stage: Stage) -> None:
    go_on = threading.Event()
    stage.hands.while_proving = lambda: go_on.wait(5)
    stage.desk.take(Inject("slow", CUT))
    while stage.hands.asked != ["inject slow"]:
        time.sleep(0.001)
    stage.hands.while_proving = lambda: None
    assert _begun(stage.answer(Inject("f2", CUT))) == "f2"
    go_on.set()
    assert _begun(stage.inbox.take(5.0)[0]) == "slow"


def test_a_fault_does_not_wait_for_one_of_another_host(stage: Stage) -> None:
    go_on = threading.Event()
    stage.hands.while_injecting = lambda: go_on.wait(5)
    stage.desk.take(Inject("slow", Kill("b", "host")))
    while stage.hands.asked != ["inject slow"]:
        time.sleep(0.001)
    stage.hands.while_injecting = lambda: None
    assert _begun(stage.answer(Inject("f2", KILL))) == "f2"
    go_on.set()
    assert _begun(stage.inbox.take(5.0)[0]) == "slow"


def test_an_end_does_not_wait_for_what_shows_the_beginning_and_is_told_after_it(stage: Stage) -> None:
    ended = threading.Event()
    stage.hands.while_healing = ended.set
    stage.hands.while_proving = lambda: ended.wait(5)
    stage.desk.take(Inject("f1", CUT))
    stage.desk.take(Heal("f1"))
    told: list[Event] = []
    while len(told) < 2:
        told += stage.inbox.take(5.0)
    assert ended.is_set()
    assert [type(event) for event in told] == [Applied, Healed]


def test_an_end_is_told_after_a_beginning_that_was_not_seen_to_bite(stage: Stage) -> None:
    ended = threading.Event()

    def fails() -> None:
        ended.wait(5)
        raise WorldError("it did not bite")

    stage.hands.while_healing, stage.hands.while_proving = ended.set, fails
    stage.desk.take(Inject("f1", CUT))
    stage.desk.take(Heal("f1"))
    told: list[Event] = []
    while len(told) < 2:
        told += stage.inbox.take(5.0)
    assert [type(event) for event in told] == [Failed, Healed]


def test_a_fault_that_could_not_be_applied_has_failed_and_still_explains(stage: Stage) -> None:
    stage.hands.raises = WorldError("no packet filter here; use another kernel")
    failed = stage.answer(Inject("f1", KILL))
    assert failed == Failed(command_id="f1", reason="no packet filter here; use another kernel", at_s=5.0)
    assert stage.explained("a")


def test_all_that_may_die_of_a_crash_point_are_asked_and_nothing_is_told_yet(stage: Stage) -> None:
    stage.desk.take(Inject("f1", CRASH))
    healed = stage.answer(Heal("f1"))
    assert isinstance(healed, Healed)
    assert stage.hands.asked == [
        "lie in wait f1",
        "arm a f1: before sends Seal",
        "arm b f1: before sends Seal",
        "spare a f1",
        "spare b f1",
        "heal f1",
    ]


def test_once_one_says_that_it_dies_the_others_are_spared_and_its_death_is_looked_at(stage: Stage) -> None:
    stage.desk.take(Inject("f1", CRASH))
    while "arm b f1: before sends Seal" not in stage.hands.asked:
        time.sleep(0.001)
    stage.desk.came(DIES)
    (applied,) = stage.inbox.take(5.0)
    assert isinstance(applied, Applied)
    assert applied.fault == structs.replace(CRASH, host="b")
    assert stage.hands.asked[-2:] == ["spare a f1", "crashed f1 b"]
    stage.answer(Heal("f1"))
    assert stage.hands.asked[-1] == "heal f1"


def test_a_moment_that_nobody_armed_is_none_of_its_business(stage: Stage) -> None:
    stage.desk.came(DIES)
    stage.answer(Heal("f2"))
    assert stage.hands.asked == ["heal f2"]


def test_a_host_that_takes_no_crash_point_makes_it_fail(stage: Stage) -> None:
    stage.hands.raises = TargetError("a takes no crash point")
    assert stage.answer(Inject("f1", CRASH)) == Failed(
        command_id="f1", reason="a takes no crash point", at_s=5.0
    )


def test_a_control_is_accepted_or_refused(stage: Stage) -> None:
    accepted = stage.answer(Control("c", "switchover", "b"))
    assert accepted == Controlled(control_id="c", ok=True, detail="done", before_s=5.0, after_s=5.0)
    stage.hands.raises = TargetError("b lags behind")
    refused = stage.answer(Control("c", "switchover", "b"))
    assert isinstance(refused, Controlled)
    assert (refused.ok, refused.detail) == (False, "b lags behind")


def test_a_final_read_is_told_and_one_that_cannot_be_had_has_failed(stage: Stage) -> None:
    read = stage.answer(ReadAll("r", "a", "p"))
    assert read == FinalRead(read_id="r", host="a", epoch=3, values=("p.1",), at_s=5.0)
    stage.hands.raises = TargetError("a does not answer")
    assert stage.answer(ReadAll("r", "a", "p")) == Failed(
        command_id="r", reason="a does not answer", at_s=5.0
    )


def test_a_question_does_not_wait_for_a_fault_that_takes_long(stage: Stage) -> None:
    go_on = threading.Event()
    stage.hands.while_injecting = lambda: go_on.wait(5)
    stage.desk.take(Inject("f1", KILL))
    assert isinstance(stage.answer(ReadAll("r", "a", "p")), FinalRead)
    go_on.set()


def test_loads_are_started_and_stopped_where_they_run(stage: Stage) -> None:
    stage.desk.take(START)
    stage.desk.take(StopLoad("c1"))
    assert stage.hands.asked == ["start c1", "stop c1"]


def test_a_mistake_of_ours_breaks_the_world(stage: Stage) -> None:
    stage.hands.raises = ZeroDivisionError("a mistake")
    stage.desk.take(Heal("f1"))
    with pytest.raises(ZeroDivisionError):
        stage.inbox.take(5.0)


def test_what_has_not_begun_when_it_closes_never_begins() -> None:
    stage = Stage()
    began, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        began.set()
        go_on.wait(5)

    stage.hands.while_injecting = slowly
    stage.desk.take(Inject("f1", KILL))
    stage.desk.take(Heal("f1"))
    began.wait(5)
    closing = threading.Thread(target=stage.desk.close)
    closing.start()
    while not stage.desk.closed:
        time.sleep(0.001)
    go_on.set()
    closing.join(5)
    assert stage.hands.asked == ["inject f1"]
    assert [type(event) for event in stage.inbox.take(0.0)] == [Applied]
