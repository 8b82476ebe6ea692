"""What a world keeps apart, and what it does not: said wherever its figures are shown."""

from __future__ import annotations

from collections.abc import Mapping

# World -> what a reader of its figures has to know.
LACKS: Mapping[str, str] = {
    "processes": (
        "Every host is processes of one machine on loopback addresses. Docker would add a network of its own "
        "for each host (here nothing keeps a program from going round its links), packet loss, the freezer "
        "(a pause is SIGSTOP here), and limits on CPU and memory; kernel and disk are shared in both."
    ),
    "simulator": (
        "Times are virtual: what the protocol costs on simulated hosts, links and disks. What a machine's "
        "own programs, kernel and disk cost comes on top, in containers and processes."
    ),
}
