"""What a coordinator says to those that it may promote."""

from __future__ import annotations

from msgspec import Struct

from targets.reference.machines.words.nouns import Name, Number, Place


class Reach(Struct, frozen=True, tag=True):
    """Coordinator to standby: could you be sealed? Nothing is touched before enough of them answer."""

    epoch: Number


class Here(Struct, frozen=True, tag=True):
    """last: what it holds durably now; it may hold more by the time it is sealed."""

    epoch: Number
    node: Name
    identity: Name
    last: Place = Place()


class Seal(Struct, frozen=True, tag=True):
    """Refuse every stream older than this epoch for ever, then say what you hold."""

    epoch: Number


class Sealed(Struct, frozen=True, tag=True):
    """epoch: what this node is sealed at now (higher than asked for: ask again above it)."""

    epoch: Number
    node: Name
    identity: Name
    last: Place


class Promote(Struct, frozen=True, tag=True):
    """The register names you, or another, in this epoch: read it and act on that. A hint, no authority."""

    epoch: Number
