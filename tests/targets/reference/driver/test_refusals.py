"""What was refused is counted always and told now and then."""

from __future__ import annotations

from targets.reference.driver.refusals import LOG_EACH_S, Refusals, Refused


class Desk:
    def __init__(self) -> None:
        self.now_s, self.lines = 100.0, list[str]()
        self.refusals = Refusals("w1", say=self.lines.append, now_s=lambda: self.now_s)


def test_a_flood_is_one_line_and_the_next_one_says_how_many_it_was() -> None:
    desk = Desk()
    for _ in range(1000):
        desk.refusals.note("peers", "too large", "198.18.0.9")
    assert desk.lines == ["w1: port peers: closed a connection from 198.18.0.9: too large"]
    desk.now_s += LOG_EACH_S
    desk.refusals.note("peers", "too large")
    assert desk.lines[1:] == [
        "w1: port peers: closed a connection: too large (999 more since the last such line)"
    ]
    assert desk.refusals.counts == {("peers", "too large"): 1001}


def test_each_port_and_reason_has_a_line_of_its_own() -> None:
    desk = Desk()
    for reason in ("too slow", "wrong token"):
        desk.refusals.note("peers", reason)
        desk.refusals.note("entry", reason)
    assert len(desk.lines) == 4


def test_what_the_agent_counted_is_told_beside_the_childs_own() -> None:
    agent, child = Desk().refusals, Desk().refusals
    agent.note("entry", "wrong token")
    agent.note("entry", "wrong token")
    child.note("peers", "too slow")
    child.heard(agent.told())
    child.heard(agent.told())
    assert agent.told() == Refused((("entry", "wrong token", 2),))
    assert [*child.all()] == [(("entry", "wrong token"), 2), (("peers", "too slow"), 1)]
