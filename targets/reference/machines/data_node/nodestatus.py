"""What a data node says of itself, and does when it is asked to rejoin. Changes nothing."""

from __future__ import annotations

from typing import Literal

from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.primary.primary import Primary
from targets.reference.machines.data_node.standby import Standby
from targets.reference.machines.words.operating import NodeStatus


def node_status(now_s: float, own: Own, role: Primary | Standby | None, stands_aside: str) -> NodeStatus:
    """As the node believes it now; the register as its last full ballot has shown it."""
    reigning = role if isinstance(role, Primary) else None
    return NodeStatus(
        node=own.name,
        identity=own.member.identity,
        role=_role(role),
        epoch=reigning.epoch if reigning else own.register.epoch,
        register=own.register,
        sealed=own.sealed,
        last=own.log.last,
        durable=own.durable,
        acknowledged=reigning.counting.acknowledged if reigning else own.table.upto,
        lease_s=reigning.lease_s(now_s) if reigning else 0.0,
        waiting_writes=reigning.waiting_writes if reigning else 0,
        standbys=reigning.standbys(now_s) if reigning else (),
        tails=tuple(own.tails),
        stands_aside=stands_aside,
        temperature=own.settings.temperature(own.name),
    )


def rejoined(own: Own, role: Primary | Standby | None, stands_aside: str) -> tuple[bool, str]:
    """What an order to rejoin finds: whether it can, and a detail for people."""
    match role:
        case Primary():
            return False, f"{own.name} is primary of epoch {role.epoch}; there is nobody that it could follow"
        case Standby() if role.follows:
            return True, f"{own.name} follows {role.register.primary}, epoch {role.register.epoch}"
        case Standby():
            register = role.register
            return True, f"{own.name} asks {register.primary}, primary of epoch {register.epoch}, again"
        case None if stands_aside:
            return False, stands_aside
        case None:
            return True, f"{own.name} reads the register again"


def _role(role: Primary | Standby | None) -> Literal["starting", "standby", "primary", "fenced"]:
    match role:
        case Primary():
            return role.role
        case Standby():
            return "standby"
        case None:
            return "starting"
