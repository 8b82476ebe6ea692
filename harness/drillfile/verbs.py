"""Every step that a drill can take: its verb, its words, and how they become a step.

The reader, the JSON Schema and `failover-drill faults` all come from this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from harness.drillfile.crash import CRASH
from harness.drillfile.cuts import CUTS
from harness.drillfile.exec import EXEC
from harness.drillfile.fields import (
    AT,
    FOR,
    HOST,
    SCOPE,
    SWITCH_HOW,
    TO,
    UNTIL,
    WITHIN,
)
from harness.drillfile.hardships import HARDSHIPS
from harness.drillfile.impairments import IMPAIRMENTS
from harness.drillfile.moments import ON, ON_WITHIN
from harness.drillfile.orders import ORDER
from harness.drillfile.surroundings import CLOCK, DISK, LOSS
from harness.drillfile.verb import Verb, trigger, until_s
from harness.drillfile.words import WORD, Field, Words, nested, span
from harness.model.drill import (
    ControlStep,
    HoldStep,
    KillStep,
    Step,
    SwitchStep,
    WaitStep,
)
from harness.roles import REST


def _victim(verb: str) -> Field[str]:
    return Field(name=verb, kind=WORD, help="whom: a role or a host", example="primary", required=True)


def _restart(words: Words) -> Step:
    return KillStep(
        verb="restart",
        victim=words[_RESTARTED],
        scope=words[SCOPE],
        at=words[AT],
        until_s=words[AT].high_s,
        on=trigger(words),
    )


def _power_off(words: Words) -> Step:
    return KillStep(
        verb="power_off",
        victim=words[_SWITCHED_OFF],
        scope="host",
        at=words[AT],
        until_s=until_s(words),
        on=trigger(words),
    )


def _strike(verb: Literal["kill", "stop", "pause"]) -> tuple[Field[str], Callable[[Words], Step]]:
    head = _victim(verb)

    def build(words: Words) -> Step:
        return KillStep(
            verb=verb,
            victim=words[head],
            scope=words[SCOPE],
            at=words[AT],
            until_s=until_s(words),
            on=trigger(words),
        )

    return head, build


_RESTARTED, _SWITCHED_OFF = _victim("restart"), _victim("power_off")
_SWITCH: Field[str] = Field(
    name="switch",
    kind=WORD,
    help="whose power switch: a role or a data node",
    example="primary",
    required=True,
)
_WAIT: Field[Words] = Field(
    name="wait",
    kind=nested("a wait", (FOR, HOST, WITHIN)),
    help="a block: for, host, within",
    example="{for: steady, within: 20s}",
    required=True,
)
_HOLD: Field[float] = Field(name="hold", kind=span(0.001), help="how long", example="30s", required=True)
_SWITCHOVER: Field[Words] = Field(
    name="switchover",
    kind=nested("a switchover", (TO,)),
    help="a block: to",
    example="{to: standby}",
    required=True,
)


def _switch(words: Words) -> Step:
    return SwitchStep(
        victim=words[_SWITCH],
        how=words[SWITCH_HOW],
        at=words[AT],
        until_s=until_s(words),
        on=trigger(words),
    )


def _wait(words: Words) -> Step:
    inner = words[_WAIT]
    if inner[HOST] and inner[FOR] != "rejoined":
        raise inner.wrong(HOST, f"'{inner[FOR]}' is about the whole cluster; host goes with for: rejoined")
    return WaitStep(wait_for=inner[FOR], host=inner[HOST], within_s=inner[WITHIN])


def _hold(words: Words) -> Step:
    return HoldStep(duration_s=words[_HOLD])


def _switchover(words: Words) -> Step:
    return ControlStep(action="switchover", to=words[_SWITCHOVER][TO], at=words[AT], on=trigger(words))


_KILL, _build_kill = _strike("kill")
_STOP, _build_stop = _strike("stop")
_PAUSE, _build_pause = _strike("pause")

_FAULTS = (
    Verb(
        head=_KILL,
        fields=(SCOPE, AT, ON, ON_WITHIN, UNTIL),
        build=_build_kill,
        summary="end a process or a host by SIGKILL",
        does="Nobody restarts it before `until`. Of a process the host lives on: its peers are refused, and "
        "an agent beside it can see it die. Of a host all is silent at once.",
        example="- kill: primary\n  at: 1s..2s\n  until: 3s",
    ),
    Verb(
        head=_STOP,
        fields=(SCOPE, AT, ON, ON_WITHIN, UNTIL),
        build=_build_stop,
        summary="ask it to end by SIGTERM: an orderly stop",
        does="What can hand over does so. It is started again at `until`.",
        example="- stop: standby\n  at: 1s..2s\n  until: 3s",
    ),
    Verb(
        head=_PAUSE,
        fields=(SCOPE, AT, ON, ON_WITHIN, UNTIL),
        build=_build_pause,
        summary="freeze a process or a host, then let it go on",
        does="It keeps its memory and its connections, and believes that no time has passed: longer than the "
        "lease, a primary comes back as a zombie that must neither acknowledge nor answer.",
        example="- pause: primary\n  scope: host\n  at: 1s..2s\n  until: 4s",
    ),
    Verb(
        head=_RESTARTED,
        fields=(SCOPE, AT, ON, ON_WITHIN),
        build=_restart,
        summary="stop it and start it again at once",
        does="As stop, without a while in between: what a person, a package's upgrade or a supervisor does. "
        "Its connections end, new ones are refused for that moment. Verified by another process that runs.",
        example="- restart: primary\n  at: 1s..2s",
    ),
    Verb(
        head=_SWITCHED_OFF,
        fields=(AT, ON, ON_WITHIN, UNTIL),
        build=_power_off,
        summary="cut a host's power: all of it stops at one moment, and nobody hears a goodbye",
        does="It is frozen, its packets vanish, then all that runs there is killed: open connections hang, "
        "new ones meet silence, until a peer's own time-out. At `until` it has power again, and is started. "
        "Verified by its processes, and by connects from the hosts' own namespaces that meet silence.",
        example="- power_off: primary\n  at: 1s..2s\n  until: 6s",
    ),
    CRASH,
    *CUTS,
    *IMPAIRMENTS,
    LOSS,
    DISK,
    CLOCK,
    *HARDSHIPS,
    Verb(
        head=_SWITCH,
        fields=(SWITCH_HOW, AT, ON, ON_WITHIN, UNTIL),
        build=_switch,
        summary="let a node's power switch go wrong, for the fence device that uses it",
        does="Nothing happens until somebody switches. A device that is dead is `kill: fence`, one out of "
        f"reach a partition [[fence], {REST}].",
        example="- switch: primary\n  how: lies\n  until: 6s",
    ),
)
_OTHERS = (
    Verb(
        head=_WAIT,
        fields=(),
        build=_wait,
        summary="go on when the cluster is steady, rejoined or failed over",
        does="The times of the steps after it count from the moment it is met.",
        example="- wait: {for: rejoined, host: victim, within: 20s}",
    ),
    Verb(
        head=_HOLD,
        fields=(),
        build=_hold,
        summary="let the load run on",
        does="Begins once all steps before it have begun; their times go on counting from the last met wait.",
        example="- hold: 30s",
    ),
    Verb(
        head=_SWITCHOVER,
        fields=(AT, ON, ON_WITHIN),
        build=_switchover,
        summary="ask the target to make another node primary: a planned move",
        does="The target does it itself, in order: no write may fail for longer than a moment.",
        example="- switchover: {to: standby}\n  at: 1s..2s",
    ),
    ORDER,
    EXEC,
)
FAULTS: Mapping[str, Verb] = {verb.name: verb for verb in _FAULTS}
OTHERS: Mapping[str, Verb] = {verb.name: verb for verb in _OTHERS}
VERBS: Mapping[str, Verb] = {**FAULTS, **OTHERS}
