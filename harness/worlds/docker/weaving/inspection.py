"""Whether stacks can be woven, said before the first of them begins. Asks the Compose plugin, no engine."""

from __future__ import annotations

from collections.abc import Iterable

from harness.seams import Stack
from harness.worlds.docker.weaving import composefile
from harness.worlds.docker.weaving.blocks import RANGE
from harness.worlds.docker.weaving.meshparts import Images
from harness.worlds.docker.weaving.ownership import Run
from harness.worlds.docker.weaving.weave import weave
from harness.worlds.links.mesh import mesh
from harness.worlds.owned.owner import Owner

_NOBODY = Run("00000000", Owner(0, 0, ""))


def must_weave(stacks: Iterable[Stack]) -> None:
    """Weaves each kind once, for nobody. Raises DrillError, WorldError: the first file's."""
    kinds = {(stack.compose_file, stack.profiles, stack.hosts): stack for stack in stacks}
    for stack in kinds.values():
        compose = composefile.read_stack(stack)
        images = Images(mesh="", toxiproxy="", own={name: name for name in stack.images})
        weave(compose, stack, mesh(stack.hosts, RANGE.network_address), _NOBODY, images=images, token="")
