"""The words beside a verb: when it begins and ends, what is hit, which way is cut."""

from __future__ import annotations

from harness.drillfile.words import WINDOW, WORD, Field, choice, span
from harness.model.drill import Direction, Shape, WaitFor, Window
from harness.model.fault import SLOW_SWITCH_S, CutMode, Scope, SwitchMode

SCOPES: dict[Scope, str] = {
    "process": "the service's main process; of the reference target's nodes the agent's child",
    "host": "all of it: every process, the agent included",
}
MODES: dict[CutMode, str] = {
    "drop": "bytes vanish, connections stay open: what a dead switch does",
    "refuse": "connections are closed and new ones refused; acts on both directions",
    "stall": "bytes are held, and delivered when the step ends",
    "loss": "packets vanish below TCP, SYN included; acts on both directions",
}
BOTH_WAYS: tuple[CutMode, ...] = ("refuse", "loss")
SWITCH_MODES: dict[SwitchMode, str] = {
    "lies": "it says Off or On as it was told, and nothing happens",
    "stuck": "nothing happens, and it says so",
    "slow": f"it takes {SLOW_SWITCH_S:g} s",
}
DIRECTIONS: dict[Direction, str] = {
    "both": "nothing passes",
    "in": "what travels towards the first side is lost",
    "out": "what leaves the first side is lost",
}
SHAPES: dict[Shape, str] = {
    "split": "none",
    "bridge": "neighbours in the line of three sides or more: who is between bridges those who are cut",
    "ring": "neighbours in the circle of four sides or more: nobody reaches all, and everybody two",
}
SIDES_MIN: dict[Shape, int] = {"split": 2, "bridge": 3, "ring": 4}
WAITS: dict[WaitFor, str] = {
    "steady": "one primary, every node in step and ready, every client served, no fault in force",
    "rejoined": "`host` is in step with the primary again; without `host` every data node is",
    "failover": "another node than before serves, in a newer epoch",
}

AT: Field[Window] = Field(
    name="at",
    kind=WINDOW,
    help="when it begins, counted from the last met wait or from `on`; `1s..2s` is drawn from the seed for "
    "each trial",
    example="1s..2s",
    default=Window(0.0, 0.0),
    written="0s",
)
UNTIL: Field[float] = Field(
    name="until",
    kind=span(0.0),
    help="when it ends, counted like `at`: then what was killed is started, what was cut is restored",
    example="3s",
    required=True,
)
BACK_AFTER: Field[float] = Field(
    name="until",
    kind=span(0.001),
    help="how long after its death it is started again",
    example="3s",
    required=True,
)
SCOPE: Field[Scope] = Field(
    name="scope",
    kind=choice(SCOPES),
    help="how much of the host is hit",
    example="host",
    default="process",
    written="process",
)
HOW: Field[CutMode] = Field(
    name="how",
    kind=choice(MODES),
    help="what becomes of the bytes",
    example="drop",
    default="drop",
    written="drop",
)
SWITCH_HOW: Field[SwitchMode] = Field(
    name="how",
    kind=choice(SWITCH_MODES),
    help="what is wrong with it",
    example="lies",
    required=True,
)
DIRECTION: Field[Direction] = Field(
    name="direction",
    kind=choice(DIRECTIONS),
    help="which way is cut, seen from the first side; needs two sides",
    example="in",
    default="both",
    written="both",
)
SHAPE: Field[Shape] = Field(
    name="shape",
    kind=choice(SHAPES),
    help="which sides still reach each other; the order of the sides counts",
    example="ring",
    default="split",
    written="split",
)
DELAY: Field[float] = Field(
    name="delay",
    kind=span(0.0, 60.0),
    help="how much later everything arrives, in each direction",
    example="30ms",
    required=True,
)
JITTER: Field[float] = Field(
    name="jitter",
    kind=span(0.0, 60.0),
    help="give or take this much of the delay, drawn anew for each chunk of bytes",
    example="10ms",
    default=0.0,
    written="0s",
)
FOR: Field[WaitFor] = Field(
    name="for", kind=choice(WAITS), help="what it waits for", example="steady", required=True
)
HOST: Field[str] = Field(
    name="host",
    kind=WORD,
    help="with `for: rejoined`: whose; a role or a host",
    example="victim",
    default="",
    written="every data node",
)
WITHIN: Field[float] = Field(
    name="within",
    kind=span(0.001),
    help="how long at most; one that expires after the first fault ends the trial, before it the run",
    example="20s",
    required=True,
)
TO: Field[str] = Field(
    name="to", kind=WORD, help="the next primary: a role or a host", example="standby", required=True
)
