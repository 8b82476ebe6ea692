"""A host's state and its counters as families. Every name begins with `failover_`; times are in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from targets.reference.machines.words.messages import Place, Register
from targets.reference.machines.words.operating import NodeStatus, StandbyStatus, WitnessStatus
from targets.reference.metrics.exposition import Family, Histogram, Sample, counter, gauge
from targets.reference.metrics.meter import Meter

ROLES = ("starting", "standby", "primary", "fenced", "cold")
_CLOSED = ("failover_closed_connections_total", "Connections closed here, by reason", "reason")
# (port, reason) -> how often.
Refused = Iterable[tuple[tuple[str, str], int]]
# Of a commit on disks from fast to failing.
FSYNC_BOUNDS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


def of_node(
    status: NodeStatus, meter: Meter, fsync: Histogram, closed: Mapping[str, int], refused: Refused = ()
) -> list[Family]:
    """Of a data node."""
    return [
        _role(status.role),
        _temperature(status.temperature),
        gauge("failover_epoch", "The epoch of its role", status.epoch),
        gauge(
            "failover_maintenance", "1 while nobody fails over by itself", _on(status.register.maintenance)
        ),
        gauge(
            "failover_stands_aside", "1 while it does nothing until a person acts", _on(status.stands_aside)
        ),
        gauge("failover_lease_remaining_seconds", "What is left of its lease", status.lease_s),
        gauge("failover_last_position", "The last record of its log", status.last.position),
        gauge("failover_durable_position", "The last record that its disk holds", status.durable.position),
        gauge("failover_acknowledged_position", "Up to here all may be shown", status.acknowledged),
        gauge("failover_waiting_writes", "Writes that are not acknowledged yet", status.waiting_writes),
        gauge("failover_divergent_tails", "Tails moved aside since the start", len(status.tails)),
        *_standbys(status.standbys),
        fsync.family("failover_fsync_seconds", "Time of a group commit, its fsync included"),
        counter("failover_writes_total", "Writes of clients by how they ended", "outcome", meter.writes),
        *_common(meter, closed, refused),
    ]


def of_rest(epoch: int, last: Place, refused: Refused = ()) -> list[Family]:
    """Of a cold standby's agent while its data node does not run. last: of what was shipped and kept."""
    return [
        _role("cold"),
        _temperature("cold"),
        gauge("failover_epoch", "The newest epoch that its agent has heard of", epoch),
        gauge("failover_last_position", "The last record that is kept for it", last.position),
        gauge("failover_durable_position", "The last record that its disk holds", last.position),
        _refused(refused),
        _damaged(0),
    ]


def of_witness(
    status: WitnessStatus, meter: Meter, closed: Mapping[str, int], refused: Refused = ()
) -> list[Family]:
    granted_to = status.grant[1]
    lease = Sample(status.lease_s, {"node": granted_to}) if granted_to else None
    return [
        gauge("failover_epoch", "The newest epoch that it has accepted", status.register.epoch),
        gauge("failover_known_epoch", "The newest epoch that it has heard of", status.known_epoch),
        gauge("failover_has_store", "0 while it copies what it has lost", int(status.has_store)),
        gauge(
            "failover_maintenance", "1 while nobody fails over by itself", _on(status.register.maintenance)
        ),
        gauge("failover_eligible", "How many nodes may be primary", len(status.register.eligible)),
        Family(
            "failover_lease_remaining_seconds",
            "gauge",
            "What is left of the lease that it has granted",
            (lease,) if lease else (),
        ),
        gauge("failover_suspects", "1 while it holds the primary for failed", _on(status.suspects)),
        gauge("failover_standing_votes", "Votes against the primary that stand", len(status.votes)),
        gauge("failover_leads", "1 while it leads a failover", _on(status.leads)),
        counter("failover_led_total", "Failovers that it led, by how they ended", "outcome", status.outcomes),
        *_common(meter, closed, refused),
    ]


def of_fence(answers: Mapping[tuple[str, int], int], refused: Refused = ()) -> list[Family]:
    """Of the fence device. answers: by method and status; GET reads a switch, POST throws it."""
    samples = tuple(
        Sample(count, {"method": method, "status": f"{status}"})
        for (method, status), count in sorted(answers.items())
    )
    told = Family("failover_fence_answers_total", "counter", "Answers, by method and status", samples)
    return [told, _refused(refused)]


def of_refusing(closed: Mapping[str, int], refused: Refused = ()) -> list[Family]:
    """Of a host whose store is damaged: it does nothing else."""
    return [_damaged(1), counter(*_CLOSED, closed), _refused(refused)]


def _role(now: str) -> Family:
    roles = tuple(Sample(int(now == role), {"role": role}) for role in ROLES)
    return Family("failover_role", "gauge", "1 for the role that this node has", roles)


def _temperature(now: str) -> Family:
    what = "1 for what this node is while it is a standby"
    return Family("failover_temperature", "gauge", what, (Sample(1, {"temperature": now}),))


def _refused(refused: Refused) -> Family:
    samples = tuple(Sample(count, {"port": port, "reason": reason}) for (port, reason), count in refused)
    what = "Connections closed for what came in by them, by port and reason"
    return Family("failover_refused_input_total", "counter", what, samples)


def _damaged(is_so: int) -> Family:
    return gauge("failover_store_damaged", "1 while it refuses to serve or vote: its store is damaged", is_so)


def _maintenance(register: Register) -> Family:
    return gauge("failover_maintenance", "1 while nobody fails over by itself", _on(register.maintenance))


def _common(meter: Meter, closed: Mapping[str, int], refused: Refused) -> list[Family]:
    return [
        counter("failover_heartbeats_total", "Heartbeats sent, granted, refused", "what", meter.heartbeats),
        counter("failover_phases_total", "Phases of failovers that were told here", "phase", meter.phases),
        Family("failover_votes_total", "counter", "Votes cast, repeated ones too", (Sample(meter.votes),)),
        Family("failover_ballots_total", "counter", "Ballots begun", (Sample(meter.ballots),)),
        Family("failover_alerts_total", "counter", "Calls for a person", (Sample(meter.alerts),)),
        counter(*_CLOSED, closed),
        _refused(refused),
        _damaged(0),
    ]


def _standbys(standbys: tuple[StandbyStatus, ...]) -> list[Family]:
    """As the primary sees them; of one that was never heard nothing is known but that."""
    follow = [one for one in standbys if one.heard_ago_s < float("inf")]

    def family(name: str, help: str, values: Mapping[str, float]) -> Family:
        return Family(name, "gauge", help, tuple(Sample(v, {"standby": node}) for node, v in values.items()))

    return [
        family(
            "failover_standby_follows",
            "1 while the standby follows",
            {one.node: int(one in follow and not one.at_rest) for one in standbys},
        ),
        Family(
            "failover_standby_temperature",
            "gauge",
            "1 for how the standby is kept: hot, warm or cold",
            tuple(Sample(1, {"standby": one.node, "temperature": one.temperature}) for one in standbys),
        ),
        family(
            "failover_standby_at_rest",
            "1 while it does not run: its agent holds what was shipped",
            {one.node: int(one.at_rest) for one in standbys},
        ),
        family(
            "failover_standby_eligible",
            "1 while the register names it",
            {one.node: int(one.eligible) for one in standbys},
        ),
        family(
            "failover_standby_lag_positions",
            "Records that it does not hold durably",
            {one.node: one.lag_positions for one in follow},
        ),
        family(
            "failover_standby_lag_bytes",
            "Keys and values of those records",
            {one.node: one.lag_bytes for one in follow},
        ),
        family(
            "failover_standby_lag_seconds",
            "Since the first of those records was written",
            {one.node: one.lag_s for one in follow},
        ),
        family(
            "failover_standby_carries_load",
            "0 while it falls behind ever further",
            {one.node: int(one.carries_load) for one in follow},
        ),
        family(
            "failover_standby_heard_seconds",
            "Since its last word",
            {one.node: one.heard_ago_s for one in follow},
        ),
    ]


def _on(words: str) -> int:
    return int(bool(words))
