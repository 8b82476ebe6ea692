"""One witness's accusation: what it holds against whom, and when that is enough."""

from __future__ import annotations

from targets.reference.defects import VOTE_NEVER_LAPSES
from targets.reference.machines.detection.detector import Detector
from targets.reference.machines.failover.coordinator import Coordinator
from targets.reference.machines.failover.power import Power
from targets.reference.machines.lease import Granter
from targets.reference.machines.register.registrar import Registrar
from targets.reference.machines.witness.accuser import VOTE, Accuser
from targets.reference.machines.words.grammar import Effects, Send, SetTimer, StopTimer, Tell
from targets.reference.machines.words.messages import Prepare, Vote
from tests.targets.reference.machines.playbook import SETTINGS

INTERVAL_S, SILENCE_S, L_S = (
    SETTINGS.detector.interval_s,
    SETTINGS.detector.silence_s,
    SETTINGS.granted_lease_s,
)


class Given:
    """w1 watches (1, n1) since 10.0, and may vote."""

    def __init__(self, defect: str = "") -> None:
        defects = frozenset({defect} if defect else ())
        self.granter = Granter(SETTINGS)
        self.granter.began(0.0)
        self.detector = Detector(SETTINGS, defects)
        self.detector.watch(10.0, (1, "n1"), ready_s=self.granter.ready_s)
        registrar, self.maintenance = Registrar("w1", 7, SETTINGS), ""
        self.accuser = Accuser(
            "w1",
            SETTINGS,
            defects,
            granter=self.granter,
            detector=self.detector,
            coordinator=Coordinator(SETTINGS, registrar, Power(SETTINGS, 0)),
            maintenance=lambda: self.maintenance,
            suspected=lambda reason: [],
        )

    def silent(self) -> Effects:
        return self.accuser.silence_due(10.0 + SILENCE_S)

    def voted(self, at_s: float, voter: str = "w2") -> Effects:
        return self.accuser.voted(at_s, voter, Vote(1, "n1", ""))


def voting(effects: Effects) -> list[str]:
    return [effect.to for effect in effects if isinstance(effect, Send) and isinstance(effect.message, Vote)]


def leading(effects: Effects) -> bool:
    return any(isinstance(effect, Send) and isinstance(effect.message, Prepare) for effect in effects)


def test_a_silent_reign_is_told_and_voted_against() -> None:
    effects = Given().silent()
    assert [effect.phase for effect in effects if isinstance(effect, Tell)] == ["suspected"]
    assert voting(effects) == ["w2", "w3"] and not leading(effects)
    assert SetTimer(VOTE, 10.0 + SILENCE_S + INTERVAL_S) in effects


def test_a_reign_that_was_heard_since_is_left_in_peace() -> None:
    given = Given()
    given.detector.beat(10.3, 0.0)
    assert voting(given.silent()) == []


def test_a_vote_is_not_taken_back_by_one_way_while_another_is_silent() -> None:
    given = Given()
    given.silent()
    given.accuser.judge(10.6)
    assert voting(given.accuser.fired(10.6, VOTE))
    given.detector.beat(10.7, 0.0)
    given.accuser.judge(10.7)
    assert not voting(given.accuser.fired(10.7, VOTE))


def test_a_hand_back_is_a_reason_at_once_and_no_heartbeat_takes_it_away() -> None:
    given = Given()
    given.granter.hand_back(1, "n1")
    assert voting(given.accuser.judge(10.1))
    given.detector.beat(10.15, 0.0)
    given.accuser.judge(10.15)
    assert voting(given.accuser.fired(10.2, VOTE))


def test_another_reign_begins_without_any_accusation() -> None:
    given = Given()
    given.silent()
    given.detector.watch(10.6, (2, "n2"), ready_s=0.0)
    assert given.accuser.watch(2) == [StopTimer("vote"), StopTimer("lead")]
    assert not voting(given.accuser.fired(10.7, VOTE))


def test_votes_that_lapsed_do_not_add_up_unless_by_the_defect_of_that_name() -> None:
    """Two witnesses were blind, one after the other: never at the same time."""
    for defect, leads in (("", False), (VOTE_NEVER_LAPSES, True)):
        given = Given(defect)
        given.voted(10.0)
        for tick in range(1, 20):
            given.detector.beat(10.0 + tick * INTERVAL_S, 0.0)
        due_s = 10.0 + 19 * INTERVAL_S + SILENCE_S
        assert due_s > 10.0 + L_S
        assert leading(given.accuser.silence_due(due_s)) == leads


def test_in_maintenance_it_suspects_and_neither_votes_nor_takes_the_lease_away() -> None:
    given = Given()
    given.maintenance = "new switches"
    effects = given.silent()
    assert any(isinstance(effect, Tell) for effect in effects) and voting(effects) == []
    assert given.granter.heartbeat(10.0 + SILENCE_S, 1, "n1")
    given.maintenance = ""
    assert voting(given.accuser.fired(10.0 + SILENCE_S + INTERVAL_S, VOTE)) == ["w2", "w3"]
