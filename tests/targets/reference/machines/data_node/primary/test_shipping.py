from __future__ import annotations

from typing import Any

import msgspec

from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.primary.lag import Lags
from targets.reference.machines.data_node.primary.replication import Replication
from targets.reference.machines.data_node.primary.shipping import TIMER, Shipping
from targets.reference.machines.words.grammar import Answer, Send, SetTimer
from targets.reference.machines.words.messages import (
    Follow,
    Place,
    Register,
    Rest,
    Ship,
    Shipped,
    StreamAck,
    Wake,
)
from tests.targets.reference.machines.playbook import SETTINGS, A, B, record, state

ALONE, BOTH = Register(2, "n1", (A,)), Register(2, "n1", (A, B))
AGENT = "n2/agent"


class Given:
    """n1 reigns in epoch 2 over one older record; its mark is at position 2. n2 is cold."""

    def __init__(self, register: Register = BOTH, **words: Any) -> None:
        words = {"replication": "async", "standby": {"n2": "cold"}} | words
        settings = msgspec.structs.replace(SETTINGS, **words)
        self.own = Own("n1", settings, state(A), (record(1, 1), record(2, 2)), 7, frozenset())
        self.replication = Replication(self.own.log, register, settings)
        self.shipping = Shipping(self.own, 2, self.replication)

    def follows(self, *, held: int = 2) -> Given:
        self.replication.follow(0.0, Follow(2, "n2", "b", (Place(1, 1),)), "v")
        self.replication.ack(0.0, StreamAck(2, "n2", "b", self.own.log.place(held)))
        return self

    def append(self, count: int) -> Given:
        for _ in range(count):
            self.own.append((record(2, self.own.log.last.position + 1),))
        return self

    def shipped(self, epoch: int, position: int, identity: str = "b", *, now_s: float = 0.0) -> list[Send]:
        effects = self.shipping.shipped(now_s, Shipped("n2", identity, Place(epoch, position)))
        return [effect for effect in effects if isinstance(effect, Send)]


def ask(epoch: int = 2, position: int = 2) -> Send:
    return Send(AGENT, Ship(2, Place(epoch, position), ()))


def test_who_holds_the_reigns_first_record_is_sent_to_rest_and_its_agent_is_asked() -> None:
    assert Given().follows().shipping.beat() == [Answer("v", Rest(2)), ask()]
    assert Given().follows(held=1).shipping.beat() == []


def test_in_async_nobody_rests_before_the_register_names_it() -> None:
    assert Given(ALONE).follows().shipping.beat() == []
    assert Given(ALONE, replication="sync").follows().shipping.beat() != []


def test_who_is_hot_never_rests() -> None:
    given = Given(standby="hot").follows()
    assert given.shipping.beat() == given.shipping.begin(0.0) == given.shipped(2, 2) == []


def test_each_round_brings_what_was_written_since_the_last() -> None:
    given = Given().append(2)
    assert given.shipping.begin(0.0) == [SetTimer(TIMER, 1.0), ask(2, 4)]
    assert given.shipped(2, 2) == [Send(AGENT, Ship(2, Place(2, 2), (record(2, 3), record(2, 4))))]
    assert given.shipped(2, 4) == []
    _, send = given.append(1).shipping.fired(1.0)
    assert send == Send(AGENT, Ship(2, Place(2, 4), (record(2, 5),)))


def test_a_round_ends_with_what_there_was_when_it_began() -> None:
    given = Given().append(1200)
    first = given.shipped(2, 2)[0].message
    assert isinstance(first, Ship) and len(first.records) == 500
    given.append(300)
    assert given.shipped(2, 502) and given.shipped(2, 1002) and given.shipped(2, 1202) == []


def test_while_it_follows_nothing_is_shipped() -> None:
    assert Given().follows().shipping.fired(0.0) == [SetTimer(TIMER, 1.0)]


def test_an_agent_that_answers_has_no_data_node_that_follows() -> None:
    given = Given().follows()
    given.shipped(2, 2)
    assert not list(given.replication.following())


def test_who_holds_what_is_in_no_log_of_ours_is_woken_and_rejoins() -> None:
    assert Given().shipped(1, 2) == [Send(AGENT, Wake(2))]
    assert Given().shipped(2, 9) == [Send(AGENT, Wake(2))]


def test_who_the_register_should_name_and_does_not_is_woken() -> None:
    assert Given(ALONE).shipped(2, 2) == [Send(AGENT, Wake(2))]
    assert Given().shipped(2, 2, identity="another store") == [Send(AGENT, Wake(2))]
    assert Given(ALONE, replication="sync").shipped(2, 2) == []


def test_its_primary_tells_how_far_it_is_and_that_it_rests() -> None:
    given = Given().append(2)
    given.shipped(2, 3, now_s=1.0)
    lags = Lags(given.own.log, given.own.settings.lag_alert, mark=2, begun_s=0.0, look_each_s=10.0)
    for _ in range(2):
        lags.appended(0.5, 10)
    (told,) = given.replication.states(1.25, lags)
    assert (told.temperature, told.at_rest, told.held, told.heard_ago_s) == ("cold", True, 3, 0.25)
    assert told.lag_positions == 1 and told.eligible
