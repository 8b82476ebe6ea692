"""What a person sees while a drill runs: on a terminal a picture, elsewhere lines."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO

from msgspec import Struct, field
from rich.console import Console

from harness.model.event import AlertRaised, Controlled, Failed, NodeRole, Returned
from harness.model.journal import Entry, RunEnded, StepBegan, TrialBegan, TrialEnded, WaitEnded
from reports.lines import Lines, line
from reports.live import Picture, picture
from reports.look import Look
from tests.reports import examples
from tests.reports.drawing import drawn


class Moment(Struct, frozen=True):
    trial: int = 3
    trials: int = 30
    step: str = "kill primary → n1"
    waiting_for: str = ""
    roles: Mapping[str, NodeRole] = field(default_factory=lambda: {"n1": "down", "n2": "primary"})
    epoch: int = 7
    faults: tuple[str, ...] = ("kill n1 (process)",)
    writes_ok_last_s: int = 196


def shown(moment: Moment, *, width: int = 80, alert: str = "", ascii: bool = False) -> str:
    return drawn(picture("kill-primary", moment, elapsed_s=75.9, alert=alert, look=Look(ascii)), width=width)


def test_the_picture_tells_trial_step_roles_epoch_rate_and_faults() -> None:
    text = shown(Moment())
    for part in (
        "1:15",
        "trial 3/30",
        "kill primary → n1",
        "n1 down",
        "n2 primary",
        "epoch 7",
        "196 writes/s",
        "in force: kill n1 (process)",
    ):
        assert part in text


def test_a_wait_and_an_alert_have_lines_of_their_own() -> None:
    text = shown(Moment(waiting_for="n1 rejoined"), alert="n2: no standby")
    assert "\n  waiting for n1 rejoined\n" in text
    assert "calls for a person: n2: no standby" in text


def test_a_narrow_terminal_cuts_lines_and_wraps_none() -> None:
    text = shown(Moment(step="x" * 300), width=60, ascii=True)
    assert all(len(drawn_line) <= 60 for drawn_line in text.splitlines())
    assert len(text.splitlines()) == len(shown(Moment()).splitlines())


def test_no_more_than_four_pictures_a_second() -> None:
    now = [0.0]
    asked: list[float] = []

    def moment() -> Moment:
        asked.append(now[0])
        return Moment()

    console = Console(file=StringIO(), force_terminal=True, width=80)
    follower = Picture(console, elapsed=lambda: now[0], look=Look())
    follower.begin(examples.plan_file(), "runs/x")
    for turn in range(1000):
        now[0] = turn / 100
        follower.told((), moment)
    follower.end()
    assert 30 <= len(asked) <= 40


def test_after_the_end_nothing_is_drawn() -> None:
    out = StringIO()
    follower = Picture(Console(file=out, force_terminal=True), elapsed=lambda: 1.0, look=Look())
    follower.begin(examples.plan_file(), "runs/x")
    follower.end()
    before = out.getvalue()
    follower.told((), Moment)
    follower.end()
    assert out.getvalue() == before


def log(*entries: Entry) -> list[str]:
    written: list[str] = []
    follower = Lines(written.append, elapsed=lambda: 12.34, look=Look())
    follower.begin(examples.plan_file(), "runs/x")
    follower.told(entries)
    return written[1:]


def test_a_log_has_a_line_for_each_trial_and_step() -> None:
    assert log(
        TrialBegan(trial=3, at_s=1.0, primary="n1"),
        StepBegan(trial=3, index=1, at_s=2.0, text="kill primary (process)", hosts=("n1",)),
        WaitEnded(trial=3, index=2, at_s=3.0, met=True, text="n1 rejoined"),
    ) == [
        "    12.3 s  trial 3/30: the primary is n1\n",
        "    12.3 s  trial 3/30: kill primary (process) → n1\n",
    ]


def test_what_went_wrong_is_never_left_out_of_the_log() -> None:
    for entry in (
        WaitEnded(trial=1, index=0, at_s=1.0, met=False, text="steady"),
        Failed(command_id="t1.f1", reason="no such process", at_s=1.0),
        AlertRaised(at_s=1.0, host="n2", text="no standby"),
        Controlled(control_id="t1.s2", ok=False, detail="nobody obeys", before_s=1.0, after_s=1.1),
        TrialEnded(trial=1, at_s=1.0, completed=False, reason="did not settle"),
        RunEnded(at_s=1.0, reason="gave up", detail="did not settle"),
    ):
        assert line(entry, 30)


def test_operations_do_not_flood_the_log() -> None:
    operation = Returned(
        trial=1,
        client="client1",
        kind="write",
        key="k",
        value="v",
        outcome="ok",
        scheduled_s=1.0,
        call_s=1.0,
        ret_s=1.1,
    )
    assert line(operation, 30) == ""
    assert line(RunEnded(at_s=1.0, reason="done"), 30) == ""
