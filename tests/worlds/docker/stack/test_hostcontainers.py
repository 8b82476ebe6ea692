"""Commands that are run in a host's service, by the engine's own command."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from harness.seams import NOT_RUN
from harness.setup.programs import Ended
from harness.worlds.docker.stack import hostcontainers
from harness.worlds.docker.stack.hostcontainers import HostContainers

ROW = {
    "Id": "c0ffee",
    "Labels": {
        "com.docker.compose.service": "db1",
        "failover-drill.part": "service",
        "failover-drill.host": "db1",
    },
}


def ran(monkeypatch: pytest.MonkeyPatch, ended: Ended) -> tuple[int, str]:
    asked: list[tuple[Sequence[str], float]] = []

    def run(words: Sequence[str], *, limit_s: float) -> Ended:
        asked.append((words, limit_s))
        return ended

    monkeypatch.setattr(hostcontainers, "run", run)
    client: Any = SimpleNamespace(api=SimpleNamespace(containers=lambda **_: [ROW]))
    answer = HostContainers(client, "1234").run_in("db1", ["role", "now"], 2.0)
    assert asked == [(["docker", "exec", "c0ffee", "role", "now"], 2.0)]
    return answer


def test_what_it_says_and_how_it_ends_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ran(monkeypatch, Ended(3, "primary\n", "a warning\n")) == (3, "primary\n")
    assert ran(monkeypatch, Ended(1, "", "what went wrong\n")) == (1, "what went wrong")
    assert ran(monkeypatch, Ended(0, "", "what went wrong before a pipe\n")) == (0, "")


@pytest.mark.parametrize(
    "said",
    [
        "Error response from daemon: Container c0ffee is paused",
        "Error: No such container: c0ffee",
        "OCI runtime exec failed: exec failed: cannot exec in a stopped container",
    ],
)
def test_what_the_engine_did_not_run_is_no_word_of_the_host(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ran(monkeypatch, Ended(1, "", said)) == (NOT_RUN, said)


def test_a_program_that_is_not_there_is_the_person_s_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    said = 'OCI runtime exec failed: exec failed: exec: "rle": executable file not found in $PATH'
    assert ran(monkeypatch, Ended(127, "", said)) == (127, said)
