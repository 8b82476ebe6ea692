from __future__ import annotations

from msgspec.structs import replace

from targets.reference.ctl.shown import shown
from targets.reference.ctl.view import DOWN, NoAnswer
from targets.reference.machines.words.messages import Place
from targets.reference.machines.words.operating import StandingVote, Tail
from tests.targets.reference.ctl.hosts import REGISTER, node, standby, witness
from tests.targets.reference.ctl.test_view import SILENT, seen


def test_a_well_cluster_in_twelve_lines() -> None:
    assert (
        shown(seen())
        == """\
epoch 3, primary n1; n1 serves
eligible: n1, n2

node  role     eligible  last durable        lag
n1    primary  yes       epoch 3 position 9  -    lease 300 ms
n2    standby  yes       epoch 3 position 9  0    follows, heard 50 ms ago

witness  register     lease to     left    primary heard  votes
w1       n1, epoch 3  n1, epoch 3  350 ms  20 ms ago      -
w2       n1, epoch 3  n1, epoch 3  350 ms  20 ms ago      -
w3       n1, epoch 3  n1, epoch 3  350 ms  20 ms ago      -
"""
    )


def test_maintenance_stands_on_top_and_says_how_it_ends() -> None:
    kept = {name: witness(name, register=REGISTER.maintained("disk swap")) for name in ("w1", "w2", "w3")}
    first, second, *_ = shown(seen(kept)).splitlines()
    assert first == "*** MAINTENANCE IS ON: disk swap ***" and "ctl maintenance off" in second


def test_who_is_silent_is_told_with_the_reason_and_what_starts_it() -> None:
    text = shown(seen(n2=NoAnswer(DOWN, sent=False), w3=SILENT))
    assert f"! n2 does not answer: {DOWN}; `ctl rejoin n2` starts it" in text
    assert "! w3 does not answer: no answer within 1.5 s\n" in text


def test_a_silent_standby_is_shown_as_its_primary_sees_it() -> None:
    lagging = node("n1", standbys=(standby(held=4, lag_positions=5, lag_bytes=60, lag_s=1.5),))
    (line,) = [one for one in shown(seen(n1=lagging, n2=SILENT)).splitlines() if one.startswith("n2")]
    assert line.split("  ")[-2:] == ["5 records, 60 bytes, 1.5 s", "no answer"] and "position 4" in line


def test_without_a_majority_nothing_can_be_decided() -> None:
    text = shown(seen(w2=SILENT, w3=SILENT))
    assert "! 1 of 3 witnesses: no majority, so nothing can be decided" in text and "not sure" in text


def test_suspicions_votes_and_a_failover_under_way_are_told() -> None:
    votes = (StandingVote(voter="w2", left_s=0.25),)
    text = shown(seen(w1=witness("w1", suspects="no heartbeat", votes=votes, leads="fencing")))
    assert "! w1 holds n1 for failed: no heartbeat" in text and "w2 (250 ms)" in text
    assert "! w1 leads a failover: fencing" in text


def test_a_fenced_primary_serves_nobody() -> None:
    text = shown(seen(n1=node("n1", role="fenced", lease_s=0.0, waiting_writes=3)))
    assert "NOBODY SERVES" in text and "! n1 is primary of epoch 3 without a lease" in text
    assert "lease 0 ms, 3 writes wait" in text


def test_a_node_that_stands_aside_says_why() -> None:
    text = shown(seen(n2=node("n2", role="starting", stands_aside="another store")))
    assert "! n2 stands aside: another store" in text


def test_tails_that_were_moved_aside_are_named_with_their_file() -> None:
    tail = Tail(Place(2, 7), Place(2, 9), "not in the log of n1")
    text = shown(seen(n2=node("n2", tails=(tail,))))
    assert "  n2: /var/lib/failover-drill/divergent-2.7-2.9.*.jsonl  (not in the log of n1)" in text


def test_a_standby_that_cannot_carry_the_load_is_told() -> None:
    weak = node("n1", standbys=(standby(carries_load=False),))
    assert "! n2 cannot carry the load" in shown(seen(n1=weak))


def test_a_cold_standby_at_rest_is_no_failure() -> None:
    rests = standby(
        temperature="cold", at_rest=True, held=7, lag_positions=2, lag_bytes=9, lag_s=0.3, heard_ago_s=0.4
    )
    text = shown(seen(n1=node("n1", standbys=(rests,)), n2=NoAnswer(DOWN, sent=False)))
    (line,) = [one for one in text.splitlines() if one.startswith("n2")]
    assert "cold" in line and "position 7" in line and "at rest; shipped to 400 ms ago" in line
    assert "! n2" not in text


def test_a_cold_standby_whose_agent_is_silent_does_not_answer() -> None:
    gone = standby(temperature="cold", at_rest=True, heard_ago_s=9.0)
    text = shown(seen(n1=node("n1", standbys=(gone,)), n2=NoAnswer(DOWN, sent=False)))
    assert f"! n2 does not answer: {DOWN}" in text


def test_a_warm_standby_is_named_so() -> None:
    assert "warm, follows, heard 50 ms ago" in shown(seen(n2=node("n2", temperature="warm")))


def test_without_a_primary_a_cold_standby_may_rest_and_is_no_failure() -> None:
    cold = replace(seen(n1=SILENT, n2=NoAnswer(DOWN, sent=False)), cold=("n2",))
    assert "! n2 does" not in shown(cold) and "who ships to it is gone" in shown(cold)
