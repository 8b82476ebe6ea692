"""What is told: whether a host is ready follows from it."""

from __future__ import annotations

from harness.model.event import HealthReported, RoleChanged
from targets.reference.driver.telling import Readiness


def test_a_host_is_ready_while_its_process_runs_and_knows_the_newest_epoch_it_heard_of() -> None:
    readiness = Readiness("n1")
    assert readiness.report(1.0) == HealthReported(at_s=1.0, host="n1", ready=False, epoch=0)
    assert readiness.changed_by(RoleChanged(at_s=2.0, host="n1", role="primary", epoch=3))
    assert not readiness.changed_by(RoleChanged(at_s=3.0, host="n1", role="fenced", epoch=2))
    assert readiness.report(4.0) == HealthReported(at_s=4.0, host="n1", ready=True, epoch=3)
    assert readiness.changed_by(RoleChanged(at_s=5.0, host="n1", role="down", epoch=3))
    assert not readiness.report(6.0).ready
