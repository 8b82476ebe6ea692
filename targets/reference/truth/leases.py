"""Who may decide: grants, leases and votes as they truly are. Ignores what is decided."""

from __future__ import annotations

from collections.abc import Iterator

from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.data_node.primary.primary import Primary
from targets.reference.machines.lease import Reign
from targets.reference.settings import Settings
from targets.reference.truth.fences import Fences
from targets.reference.truth.findings import Findings, Seat

# Clocks are converted forth and back.
_ROUNDING_S = 1e-9
Grant = tuple[Seat, float]


class Leases:
    """Of one run. A grant's end is kept on its witness's clock, and outlives the witness's process."""

    def __init__(self, settings: Settings, findings: Findings) -> None:
        self._settings, self._findings = settings, findings
        self._grants: dict[str, dict[Reign, Grant]] = {witness: {} for witness in settings.witnesses}
        self._voted: dict[Reign, set[str]] = {}
        self._ordered: set[Reign] = set()  # which an operator wants to be followed by another
        self._forced: set[tuple[Reign, str]] = set()  # and by whom, whatever that one lacks
        self._over: dict[Reign, set[str]] = {}  # who has said so
        self._fenced: set[Reign] = set()  # in any register that was ever chosen
        # Those that may hold a lease, by host.
        self.primaries: dict[str, tuple[Seat, DataNode]] = {}
        self.fences = Fences(findings, self.reigning)

    # --- witnesses --------------------------------------------------------------------------------

    def granted(self, witness: Seat, reign: Reign) -> None:
        """A newer epoch of a node replaces its own older grant."""
        grants = {r: grant for r, grant in self._grants[witness.host].items() if r[1] != reign[1]}
        held = [
            r
            for r, (seat, until_s) in grants.items()
            if r not in self._fenced and seat.when_s(until_s) > witness.now_s()
        ]
        if held:
            self._findings.broken(witness, "double-grant", f"{witness.host} grants {reign} beside {held}")
        grants[reign] = (witness, witness.clock_s() + self._settings.granted_lease_s)
        self._grants[witness.host] = grants

    def handed_back(self, witness: Seat, reign: Reign, holder: Reign | None) -> None:
        """holder: whom the witness holds for granted now. Of its former life it knows nothing."""
        grants = self._grants[witness.host]
        grants.pop(reign, None)
        for other, (seat, until_s) in grants.items():
            lasts = seat is witness and other not in self._fenced and witness.clock_s() < until_s
            if lasts and other != holder:
                self._findings.broken(witness, "grant-dropped", f"{other} is freed by a hand-back of {reign}")
        for seat, node in self._living():
            self.check(seat, node)

    def voted(self, witness: Seat, reign: Reign) -> None:
        self._voted.setdefault(reign, set()).add(witness.host)

    def ordered(self, reign: Reign, to: str = "", *, forced: bool = False) -> None:
        """An operator's word stands for the votes against it; forced, for what is lost as well."""
        self._ordered.add(reign)
        if forced:
            self._forced.add((reign, to))

    def is_ordered(self, reign: Reign) -> bool:
        return reign in self._ordered

    def is_forced(self, reign: Reign, to: str) -> bool:
        return (reign, to) in self._forced

    def decided(self, witness: Seat, reign: Reign) -> None:
        voters = sorted(self._voted.get(reign, ()))
        if len(voters) < self._settings.majority and not self.is_ordered(reign):
            detail = f"{witness.host} ousts {reign}, but only {voters} voted"
            self._findings.broken(witness, "too-few-votes", detail)
        self.fences.decided(witness)

    def says_over(self, witness: Seat, reign: Reign) -> None:
        """A witness tells a coordinator that its own grant has ended: run out, handed back or fenced."""
        lasts = self._lasts(reign, self._grants[witness.host], witness.now_s() + 2 * _ROUNDING_S)
        if lasts and reign not in self._fenced:
            detail = f"{witness.host} says that {reign} is over, and still grants it"
            self._findings.broken(witness, "unfenced-failover", detail)
        self._over.setdefault(reign, set()).add(witness.host)

    def over(self, witness: Seat, reign: Reign) -> None:
        """A coordinator takes the lease for over."""
        said = sorted(self._over.get(reign, ()))
        if len(said) < self._settings.majority:
            detail = f"{witness.host} waits no longer for the lease of {reign}; over at {said} alone"
            self._findings.broken(witness, "unfenced-failover", detail)

    def fenced(self, witness: Seat, reign: Reign) -> None:
        """The register names it; its grants count no more."""
        self._fenced.add(reign)
        for seat, node in self._living():
            lives = isinstance(node.role, Primary) and (node.role.epoch, seat.host) == reign
            if lives and not self.fences.excuses(seat):
                self._findings.broken(witness, "fenced-lives", f"{reign} is named as fenced, and lives")

    # --- data nodes -------------------------------------------------------------------------------

    def reigns(self, seat: Seat, node: DataNode) -> None:
        """This machine is a primary, with a lease or without."""
        self.primaries[seat.host] = (seat, node)

    def one_server(self, seat: Seat, node: DataNode) -> None:
        """While two of the primaries may live."""
        if not node.serving(seat.clock_s()):
            return
        serving = [
            other.host
            for other, machine in self._living()
            if machine.serving(other.clock_s()) and not self.fences.excuses(other)
        ]
        if len(serving) > 1:
            self._findings.broken(seat, "two-deciders", f"{' and '.join(serving)} can decide at once")

    def check(self, seat: Seat, node: DataNode) -> None:
        """Not only now: the lease must end for its holder before it ends at a majority."""
        role = node.role
        if not isinstance(role, Primary):
            return
        until_s = seat.when_s(node.own.lease.until_s(role.epoch))
        if until_s <= seat.now_s():
            return
        reign = (role.epoch, seat.host)
        lasting = sum(self._lasts(reign, grants, until_s) for grants in self._grants.values())
        if lasting < self._settings.majority:
            self._findings.broken(seat, "lease-outlived", f"{reign} holds a lease that only {lasting} gave")

    def holds(self, host: str, epoch: int) -> bool:
        """A living process of this host has a valid lease of the epoch."""
        seat, node = self.primaries.get(host, (None, None))
        return (
            seat is not None
            and node is not None
            and seat.alive
            and not self.fences.excuses(seat)
            and node.own.lease.valid(seat.clock_s(), epoch)
        )

    def reigning(self, host: str) -> Seat | None:
        """A living process of this host that reigns, with a lease or without."""
        return next((seat for seat, _ in self._living() if seat.host == host), None)

    def _lasts(self, reign: Reign, grants: dict[Reign, Grant], until_s: float) -> bool:
        grant = grants.get(reign)
        return grant is not None and grant[0].when_s(grant[1]) + _ROUNDING_S >= until_s

    def _living(self) -> Iterator[tuple[Seat, DataNode]]:
        """Those that may hold a lease; who has left or died is forgotten."""
        for host, (seat, node) in [*self.primaries.items()]:
            if seat.alive and isinstance(node.role, Primary):
                yield seat, node
            else:
                del self.primaries[host]
