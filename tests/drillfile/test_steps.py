"""Each step as a person writes it, and every slip with its line, field and fix."""

from __future__ import annotations

import pytest

from harness.drillfile.verbs import VERBS
from harness.model.drill import (
    ControlStep,
    HoldStep,
    KillStep,
    LatencyStep,
    PartitionStep,
    Step,
    SwitchStep,
    WaitStep,
    Window,
)
from tests.drillfile.written import read, step, with_steps, wrong_step


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "- kill: primary\n  at: 1s..2s\n  until: 3s",
            KillStep(verb="kill", victim="primary", scope="process", at=Window(1, 2), until_s=3),
        ),
        (
            "- pause: old primary\n  scope: host\n  until: 500ms",
            KillStep(verb="pause", victim="old primary", scope="host", at=Window(0, 0), until_s=0.5),
        ),
        (
            "- stop: n2\n  at: 2s\n  until: 1m",
            KillStep(verb="stop", victim="n2", scope="process", at=Window(2, 2), until_s=60),
        ),
        (
            "- partition: [[primary, client/1], rest]\n  how: stall\n  direction: in\n  until: 3s",
            PartitionStep(
                sides=(("primary", "client/1"), ("rest",)),
                how="stall",
                direction="in",
                at=Window(0, 0),
                until_s=3,
            ),
        ),
        (
            "- partition: [[primary, w1], w2, rest]\n  shape: bridge\n  until: 3s",
            PartitionStep(
                sides=(("primary", "w1"), ("w2",), ("rest",)),
                how="drop",
                direction="both",
                at=Window(0, 0),
                until_s=3,
                shape="bridge",
            ),
        ),
        (
            "- switch: primary\n  how: lies\n  until: 6s",
            SwitchStep(victim="primary", how="lies", at=Window(0, 0), until_s=6),
        ),
        (
            "- isolate: primary\n  until: 3s",
            PartitionStep(
                sides=(("primary",), ("rest",)), how="drop", direction="both", at=Window(0, 0), until_s=3
            ),
        ),
        (
            "- isolate: [primary, w1]\n  how: refuse\n  until: 3s",
            PartitionStep(
                sides=(("primary", "w1"), ("rest",)),
                how="refuse",
                direction="both",
                at=Window(0, 0),
                until_s=3,
            ),
        ),
        (
            "- latency: [primary, rest]\n  delay: 30ms\n  jitter: 10ms\n  until: 3s",
            LatencyStep(
                sides=(("primary",), ("rest",)), delay_s=0.03, jitter_s=0.01, at=Window(0, 0), until_s=3
            ),
        ),
        (
            "- wait: {for: rejoined, host: victim, within: 20s}",
            WaitStep(wait_for="rejoined", host="victim", within_s=20),
        ),
        ("- wait: {for: steady, within: 1m}", WaitStep(wait_for="steady", within_s=60)),
        ("- hold: 30s", HoldStep(duration_s=30)),
        (
            "- switchover: {to: standby}\n  at: 1s",
            ControlStep(action="switchover", to="standby", at=Window(1, 1)),
        ),
        (
            "- order: {do: maintenance on, to: witness/1}\n  at: 1s",
            ControlStep(action="maintenance on", to="witness/1", at=Window(1, 1)),
        ),
    ],
)
def test_a_step_is_read(written: str, expected: Step) -> None:
    assert step(written) == expected


@pytest.mark.parametrize("verb", VERBS)
def test_the_example_of_every_verb_is_a_step(verb: str) -> None:
    assert len(read(with_steps(VERBS[verb].example)).steps) == 1


@pytest.mark.parametrize(
    ("written", "line", "field", "says"),
    [
        (
            "- partion: [a, b]\n  until: 3s",
            4,
            "steps[0].partion",
            "unknown step 'partion'; did you mean 'partition'?",
        ),
        ("- at: 1s\n  kil: primary", 5, "steps[0].kil", "did you mean 'kill'?"),
        ("- at: 1s\n  until: 3s", 4, "steps[0]", "without a verb; begin it with one of kill, stop"),
        (
            "- hold: 1s\n- kill: primary\n  until: 3s\n  pause: n1",
            7,
            "steps[1].pause",
            "one verb, here are kill and pause",
        ),
        ("- kill", 4, "steps[0]", "write it like - kill: primary"),
        ("- [kill]", 4, "steps[0]", "a list stands where a step"),
        ("-", 4, "steps[0]", "nothing stands where a step"),
        ("- kill: primary\n  untl: 3s", 5, "steps[0].untl", "did you mean 'until'?"),
        ("- kill: primary\n  how: drop\n  until: 3s", 5, "steps[0].how", "the step kill has no word 'how'"),
        ("- kill: primary", 4, "steps[0]", "needs the word 'until'; write `until: 3s`"),
        ("- kill:\n  until: 3s", 4, "steps[0].kill", "nothing stands where"),
        ("- kill: ~\n  until: 3s", 4, "steps[0].kill", "nothing stands where"),
        ("- kill: [primary]\n  until: 3s", 4, "steps[0].kill", "a list stands where"),
        ("- kill: {a: b}\n  until: 3s", 4, "steps[0].kill", "a block stands where"),
        (f"- kill: {'x' * 200}\n  until: 3s", 4, "steps[0].kill", "is too long"),
        ("- kill: primary\n  until: 3", 5, "steps[0].until", "3 has no unit; write 3s or 3ms"),
        ("- kill: primary\n  until: -3s", 5, "steps[0].until", "not a duration; write it like 100ms"),
        ("- kill: primary\n  until: 3 parsecs", 5, "steps[0].until", "unknown unit 'parsecs'"),
        ("- kill: primary\n  until: 1:30", 5, "steps[0].until", "not a duration"),
        ("- kill: primary\n  until: yes", 5, "steps[0].until", "not a duration"),
        ("- kill: primary\n  until: 99h", 5, "steps[0].until", "is not from 0s to 1h"),
        ("- kill: primary\n  at: 2s..1s\n  until: 3s", 5, "steps[0].at", "write 1s..2s"),
        ("- kill: primary\n  at: 1s..\n  until: 3s", 5, "steps[0].at", "not a duration"),
        ("- kill: primary\n  at: 1..2s\n  until: 3s", 5, "steps[0].at", "1 has no unit"),
        ("- kill: primary\n  at: 2h\n  until: 3s", 5, "steps[0].at", "more than 1h"),
        ("- kill: primary\n  at: 4s\n  until: 3s", 6, "steps[0].until", "3s is not after 4s"),
        ("- kill: primary\n  at: 1s..3s\n  until: 3s", 6, "steps[0].until", "3s is not after 3s"),
        ("- kill: primary\n  until: 0s", 5, "steps[0].until", "not after 0s"),
        ("- kill: primary\n  scope: proces\n  until: 3s", 5, "steps[0].scope", "did you mean 'process'?"),
        ("- partition: primary\n  until: 3s", 4, "steps[0].partition", "write at least two sides"),
        ("- partition: [[primary]]\n  until: 3s", 4, "steps[0].partition", "write at least two sides"),
        ("- partition: [[primary], []]\n  until: 3s", 4, "steps[0].partition[1]", "an empty side"),
        ("- partition: [[primary, rest], n2]\n  until: 3s", 4, "steps[0].partition[0]", "let it stand alone"),
        ("- partition: [rest, rest]\n  until: 3s", 4, "steps[0].partition[1]", "on another side already"),
        ("- partition: [[a, a], b]\n  until: 3s", 4, "steps[0].partition[0]", "'a' is written twice"),
        ("- partition: [[[a]], b]\n  until: 3s", 4, "steps[0].partition[0][0]", "a list stands where"),
        ("- partition: [a, b]\n  how: lose\n  until: 3s", 5, "steps[0].how", "did you mean 'loss'?"),
        (
            "- partition: [a, b]\n  how: loss\n  direction: in\n  until: 3s",
            6,
            "steps[0].direction",
            "how: drop",
        ),
        (
            "- partition: [a, b]\n  how: refuse\n  direction: out\n  until: 3s",
            6,
            "steps[0].direction",
            "how: drop",
        ),
        ("- partition: [a, b, c]\n  direction: out\n  until: 3s", 5, "steps[0].direction", "here are 3"),
        ("- isolate: rest\n  until: 3s", 4, "steps[0].isolate", "write who is isolated"),
        (
            "- partition: [a, b]\n  shape: bridge\n  until: 3s",
            5,
            "steps[0].shape",
            "3 sides or more",
        ),
        ("- partition: [a, b, c]\n  shape: ring\n  until: 3s", 5, "steps[0].shape", "4 sides or more, here"),
        ("- isolate: a\n  shape: ring\n  until: 3s", 5, "steps[0].shape", "has no word 'shape'"),
        ("- latency: [a, b]\n  until: 3s", 4, "steps[0]", "needs the word 'delay'"),
        (
            "- latency: [a, b]\n  delay: 1ms\n  jitter: 2ms\n  until: 3s",
            6,
            "steps[0].jitter",
            "more than the delay",
        ),
        ("- latency: [a, b]\n  delay: 500us\n  until: 3s", 5, "steps[0].delay", "write 1ms or more"),
        ("- wait: steady", 4, "steps[0].wait", "a wait is a block of words"),
        ("- wait: {for: steady}", 4, "steps[0].wait", "needs the word 'within'; write `within: 20s`"),
        ("- wait: {for: stedy, within: 1s}", 4, "steps[0].wait.for", "did you mean 'steady'?"),
        ("- wait: {for: steady, within: 0s}", 4, "steps[0].wait.within", "is not from 1ms to 1h"),
        ("- wait: {for: steady, host: n1, within: 1s}", 4, "steps[0].wait.host", "goes with for: rejoined"),
        ("- hold: 0s", 4, "steps[0].hold", "is not from 1ms"),
        ("- switchover: standby", 4, "steps[0].switchover", "write for instance {to: standby}"),
        ("- switchover: {to: standby}\n  until: 3s", 5, "steps[0].until", "has no word 'until'"),
    ],
)
def test_a_slip_is_told_with_its_line_and_the_fix(written: str, line: int, field: str, says: str) -> None:
    error = wrong_step(written)
    assert (error.line, error.field) == (line, field)
    assert says in error.problem


def test_steps_have_a_number_that_a_person_can_survey() -> None:
    error = wrong_step("- hold: 1s\n" * 101)
    assert (error.line, error.field) == (104, "steps[100]")
