"""The seams: what a world and a target must offer. Nothing here runs anything.

A world performs commands and tells events. A target knows one system: its stack, its settings, what
they promise, and how to watch and control it over sockets that the world dials. Neither knows the other.
A target that can be simulated also offers its programs, written against a Kernel of virtual time.

world      three verbs, and the dial
target     the stack, its settings and promises, its watch
kernel     virtual time: what programs stand on
simulated  the target there, and what a search asks of it
local      the target as processes of this machine
"""

from harness.seams.kernel import (
    Alarm,
    Child,
    Ear,
    Kernel,
    PowerOrder,
    PowerState,
    Program,
    Running,
    Wire,
)
from harness.seams.local import (
    Local,
    LocalPlace,
    LocalProgram,
)
from harness.seams.simulated import (
    Aim,
    Reply,
    Searched,
    Simulated,
    SimulatedConnection,
    SimulatedWatch,
)
from harness.seams.target import (
    ServiceProcess,
    Stack,
    StackHost,
    Target,
    Watch,
)
from harness.seams.world import (
    NOT_RUN,
    Dial,
    Emit,
    Inside,
    World,
)

__all__ = [
    "NOT_RUN",
    "Aim",
    "Alarm",
    "Child",
    "Dial",
    "Ear",
    "Emit",
    "Inside",
    "Kernel",
    "Local",
    "LocalPlace",
    "LocalProgram",
    "PowerOrder",
    "PowerState",
    "Program",
    "Reply",
    "Running",
    "Searched",
    "ServiceProcess",
    "Simulated",
    "SimulatedConnection",
    "SimulatedWatch",
    "Stack",
    "StackHost",
    "Target",
    "Watch",
    "Wire",
    "World",
]
