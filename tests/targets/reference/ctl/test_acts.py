from __future__ import annotations

from typing import Literal

from harness.model.errors import ExitCode
from targets.reference.ctl.acts import Acts, Done
from targets.reference.machines.words.messages import (
    FenceOrder,
    Maintain,
    Message,
    OrderAnswer,
    Place,
    PromoteOrder,
    Register,
    Rejoin,
    StatusAnswer,
    SwitchOver,
    SwitchOverAnswer,
)
from targets.reference.machines.words.operating import Tail
from targets.reference.settings import Settings
from tests.targets.reference.ctl.hosts import A, B, Hosts, node, says, standby, well, witness

MOVED = Register(4, "n2", (B,))


class Operator:
    """said: the lines of progress. types: what is typed when a name is asked for."""

    def __init__(self, hosts: Hosts, types: str = "", *, fence: Literal["none", "device"] = "device") -> None:
        self.said: list[str] = []
        self._types = types
        self.acts = Acts(Settings(fence=fence), hosts.way, say=self.said.append, by="anna")

    def confirm(self, node: str) -> bool:
        return node == self._types

    def promote(self, to: str, *, forced: bool = False, at: str = "") -> Done:
        return self.acts.promote(to, forced=forced, confirm=self.confirm, at=at, within_s=1.0)

    def fence(self, node: str, *, on: bool = False) -> Done:
        return self.acts.fence(node, on=on, confirm=self.confirm, at="")


def taken_over(order: Message) -> Hosts:
    """n1 is gone; once anybody was given an order, n2 serves."""
    hosts = well()

    def n2(message: Message) -> Message | None:
        serves = node("n2", role="primary", epoch=4, lease_s=0.3, register=MOVED, standbys=())
        return StatusAnswer(1, serves if hosts.heard else node("n2"))

    del hosts.says["n1"]
    hosts.says |= {"n2": n2, "w1": says(witness("w1"), order)}
    return hosts


def test_a_switchover_without_a_name_takes_the_standby_that_lacks_least() -> None:
    behind = standby("n2", lag_positions=5)
    hosts = well(n1=says(node("n1", standbys=(behind, standby("n3"))), SwitchOverAnswer(1, False, "no")))
    Acts(Settings(nodes=("n1", "n2", "n3")), hosts.way, say=print, by="anna").switchover("")
    assert hosts.heard == [("n1", SwitchOver(1, "n3"))]


def test_a_switchover_that_is_refused_leaves_the_primary_as_it_is() -> None:
    hosts = well(n1=says(node("n1"), SwitchOverAnswer(1, False, "a switchover is under way")))
    done = Operator(hosts).acts.switchover("n2")
    assert done.code is ExitCode.FAIL and "it goes on as primary" in done.text


def test_an_answer_that_never_came_is_unknown_and_not_asked_for_again() -> None:
    hosts = well(n1=says(node("n1"), None))
    done = Operator(hosts).acts.switchover("n2")
    assert done.code is ExitCode.UNKNOWN and "nobody knows" in done.text
    assert len(hosts.heard) == 1


def test_without_a_primary_a_switchover_names_the_other_way() -> None:
    done = Operator(well(n1=says(node("n1", lease_s=0.0)))).acts.switchover("n2")
    assert done.code is ExitCode.FAIL and "ctl promote" in done.text


def test_a_promotion_is_confirmed_by_the_nodes_name_and_nothing_else() -> None:
    hosts = taken_over(OrderAnswer(1, True, ""))
    assert Operator(hosts, types="y").promote("n2").text == "not confirmed; nothing was done"
    assert hosts.heard == []


def test_a_confirmed_promotion_names_the_reign_that_the_person_has_seen() -> None:
    hosts = taken_over(OrderAnswer(1, True, ""))
    done = Operator(hosts, types="n2").promote("n2", forced=True)
    assert hosts.heard == [("w1", PromoteOrder(1, 3, "n1", "n2", True, "anna"))]
    assert done == Done(ExitCode.PASS, "n2 serves as primary of epoch 4")


def test_another_witness_can_be_told_to_lead() -> None:
    hosts = taken_over(OrderAnswer(1, True, ""))
    hosts.says["w3"] = says(witness("w3"), OrderAnswer(1, False, "w3 carries out another order; ask again"))
    done = Operator(hosts, types="n2").promote("n2", at="w3")
    assert done == Done(ExitCode.FAIL, "w3: w3 carries out another order; ask again")


def test_what_may_be_lost_is_said_before_the_question() -> None:
    operator = Operator(taken_over(OrderAnswer(1, True, "")))
    operator.promote("n2", forced=True)
    assert operator.said[0] == "FORCED promotion of n2:" and any(
        "n1 was at" in line for line in operator.said
    )


def test_what_cannot_be_is_refused_without_a_question() -> None:
    copies = {name: says(witness(name, has_store=False)) for name in ("w1", "w2")}
    done = Operator(well(**copies)).promote("n2")
    assert done.code is ExitCode.FAIL and "only 1 of 3 witnesses" in done.text
    assert Operator(well()).promote("n9").code is ExitCode.WRONG_INPUT


def test_maintenance_says_why_who_and_since_when() -> None:
    hosts = well(w1=says(witness("w1"), OrderAnswer(1, True, "maintenance is on: …")))
    assert Operator(hosts).acts.maintain("disk swap", at="").code is ExitCode.PASS
    ((host, order),) = hosts.heard
    assert host == "w1" and isinstance(order, Maintain) and order.why.startswith("disk swap (by anna, 20")


def test_the_end_of_maintenance_needs_no_reason() -> None:
    hosts = well(w1=says(witness("w1"), OrderAnswer(1, True, "maintenance is off")))
    Operator(hosts).acts.maintain("", at="")
    assert hosts.heard == [("w1", Maintain(1, ""))]


def test_maintenance_that_no_majority_answered_is_unknown() -> None:
    hosts = well(w1=says(witness("w1"), OrderAnswer(1, False, "no majority")))
    assert Operator(hosts).acts.maintain("x", at="").code is ExitCode.UNKNOWN


def test_without_any_witness_there_is_nobody_to_keep_it() -> None:
    assert Operator(Hosts()).acts.maintain("x", at="").code is ExitCode.BROKEN_SURROUNDINGS


def test_a_node_whose_process_is_down_is_started_by_its_agent() -> None:
    hosts = well()
    back = hosts.says.pop("n2")
    hosts.agents["n2"] = (True, "started")
    operator = Operator(hosts)
    operator.acts = Acts(Settings(), hosts.way, say=lambda line: hosts.says.update(n2=back), by="anna")
    hosts_asked = operator.acts.rejoin("n2", within_s=2.0)
    assert hosts_asked == Done(ExitCode.PASS, "n2 follows n1 and is eligible")
    assert not hosts.ordered or hosts.ordered == [("n2", b'{"type":"start"}')]


def test_a_node_that_rejoins_tells_where_its_tail_lies() -> None:
    tail = Tail(Place(2, 7), Place(2, 9), "not in the log of n1")
    hosts = well(n2=says(node("n2", tails=(tail,)), OrderAnswer(1, True, "n2 follows n1, epoch 3")))
    done = Operator(hosts).acts.rejoin("n2", within_s=1.0)
    assert hosts.heard == [("n2", Rejoin(1))]
    assert done.code is ExitCode.PASS and "divergent-2.7-2.9" in done.text


def test_a_node_that_stands_aside_says_what_to_do() -> None:
    hosts = well(n2=says(node("n2"), OrderAnswer(1, False, "bring the old store back")))
    assert Operator(hosts).acts.rejoin("n2", within_s=1.0) == Done(ExitCode.FAIL, "bring the old store back")


def test_a_node_that_does_not_become_eligible_in_time_is_no_success() -> None:
    alone = {name: says(witness(name, register=Register(3, "n1", (A,)))) for name in ("w1", "w2", "w3")}
    hosts = well(n2=says(node("n2"), OrderAnswer(1, True, "")), **alone)
    done = Operator(hosts).acts.rejoin("n2", within_s=0.3)
    assert done.code is ExitCode.UNKNOWN and "not eligible after 0.3 s" in done.text


def test_an_agent_that_cannot_be_reached_either_is_told_with_the_fix() -> None:
    hosts = well()
    del hosts.says["n2"]
    done = Operator(hosts).acts.rejoin("n2", within_s=0.3)
    assert done.code is ExitCode.BROKEN_SURROUNDINGS and "start its container" in done.text


def test_a_node_is_switched_off_once_its_name_was_typed() -> None:
    hosts = well(w1=says(witness("w1"), OrderAnswer(1, True, "n1 is Off, read back")))
    assert Operator(hosts).fence("n1").text == "not confirmed; nothing was done"
    assert Operator(hosts, types="n1").fence("n1") == Done(ExitCode.PASS, "n1 is Off, read back")
    assert hosts.heard == [("w1", FenceOrder(1, "n1", "Off", "anna"))]


def test_giving_power_back_needs_no_confirmation() -> None:
    hosts = well(w1=says(witness("w1"), OrderAnswer(1, True, "n1 is On, read back")))
    Operator(hosts).fence("n1", on=True)
    assert hosts.heard == [("w1", FenceOrder(1, "n1", "On", "anna"))]


def test_before_a_primary_is_switched_off_it_says_what_follows() -> None:
    operator = Operator(well())
    operator.fence("n1")
    assert any("n1 SERVES: a failover follows" in line for line in operator.said)
    assert any("ctl maintenance on" in line for line in operator.said)


def test_without_a_device_nobody_is_asked_to_confirm_anything() -> None:
    hosts = well()
    operator = Operator(hosts, types="n1", fence="none")
    done = operator.fence("n1")
    assert done.code is ExitCode.FAIL and "no fence device" in done.text
    assert operator.said == [] and hosts.heard == []


def test_a_witness_that_is_none_is_a_wrong_word() -> None:
    operator = Operator(well(), types="n2")
    for done in (
        operator.promote("n2", at="w9"),
        operator.acts.maintain("work", at="n1"),
        operator.acts.fence("n2", on=True, confirm=operator.confirm, at="w9"),
    ):
        assert done.code is ExitCode.WRONG_INPUT and "the witnesses are w1, w2, w3" in done.text


def test_a_cold_standby_at_rest_has_rejoined() -> None:
    rests = standby("n2", temperature="cold", at_rest=True, held=7)
    hosts = well(n1=says(node("n1", standbys=(rests,))))
    del hosts.says["n2"]
    hosts.agents["n2"] = (True, "started")
    done = Operator(hosts).acts.rejoin("n2", within_s=1.0)
    assert done.code is ExitCode.PASS and "at rest" in done.text


def test_a_forced_promotion_of_a_cold_standby_says_what_was_not_shipped() -> None:
    rests = standby("n2", temperature="cold", at_rest=True, held=7, lag_positions=2)
    hosts = well(n1=says(node("n1", standbys=(rests,))))
    del hosts.says["n2"]
    operator = Operator(hosts)
    assert operator.promote("n2", forced=True).text == "not confirmed; nothing was done"
    assert any("it is started" in line for line in operator.said)
    assert any("2 records were not shipped yet" in line for line in operator.said)
