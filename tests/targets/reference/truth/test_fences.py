from __future__ import annotations

from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import AskPower, Event, PowerAnswered, PowerState, Tell
from targets.reference.machines.words.messages import Fence, Here
from tests.targets.reference.truth.stage import Chair, Stage

CUT = AskPower(1, "n1", "ForceOff")
NOTHING = Fence(1, "n1", ())


def reigning() -> tuple[Stage, Chair]:
    stage = Stage()
    stage.chosen(1, "n1")
    actor = stage.primary("n1", 1)
    stage.turn(actor)
    return stage, actor[0]


def says(stage: Stage, state: PowerState) -> None:
    event: Event = PowerAnswered(1, "n1", state)
    stage.truth.handled(Chair(stage, "w1"), Witness("w1", stage.settings, None, 1), event, [])


def test_who_is_switched_off_before_a_standby_has_answered_is_seen() -> None:
    stage = Stage()
    stage.witness("w1", NOTHING, [CUT])
    assert stage.broken == ["hasty-fence"]


def test_what_an_operator_has_switched_off_is_his_own_doing() -> None:
    stage = Stage()
    stage.witness("w1", NOTHING, [AskPower(-1, "n1", "ForceOff")])
    assert stage.broken == []


def test_a_standby_that_has_answered_makes_it_right_in_that_attempt_alone() -> None:
    stage = Stage()
    stage.witness("w1", Here(1, "n2", "n2.0"), [CUT])
    stage.witness("w1", NOTHING, [AskPower(2, "n1", "read"), AskPower(3, "n1", "On")])
    assert stage.broken == []
    stage.witness("w1", NOTHING, [Tell("decided", 2, "n1")])
    stage.witness("w1", NOTHING, [CUT])
    assert stage.broken == ["too-few-votes", "hasty-fence"]


def test_what_a_device_has_lied_about_is_not_the_controllers_doing() -> None:
    for state, broken in (("Off", []), ("PoweringOff", ["fenced-lives"])):
        stage, _ = reigning()
        says(stage, state)  # type: ignore[arg-type]
        stage.chosen(1, "n1", fenced=((1, "n1"),))
        assert stage.broken == broken


def test_two_that_decide_at_once_are_excused_where_the_device_has_lied() -> None:
    stage, _ = reigning()
    says(stage, "Off")
    stage.chosen(2, "n2", fenced=((1, "n1"),))
    stage.turn(stage.primary("n2", 2))
    assert stage.broken == []


def test_the_next_life_of_who_was_lied_about_is_excused_of_nothing() -> None:
    stage, seat = reigning()
    says(stage, "Off")
    seat.alive = False
    stage.chosen(3, "n1")
    stage.turn(stage.primary("n1", 3))
    stage.chosen(3, "n1", fenced=((3, "n1"),))
    assert stage.broken == ["fenced-lives"]
