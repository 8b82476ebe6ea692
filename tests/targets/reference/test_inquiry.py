from __future__ import annotations

from targets.reference.inquiry import Inquiry

ALL = ("w1", "w2", "w3")


def test_a_majoritys_newest_answer_counts() -> None:
    inquiry = Inquiry(ALL)
    inquiry.heard("w1", 4, "n2")
    assert not inquiry.settled
    inquiry.heard("w2", 3, "n1")
    assert (inquiry.settled, inquiry.named) == (True, "n2")


def test_one_witness_alone_is_a_hint_once_nobody_else_will_answer() -> None:
    inquiry = Inquiry(ALL)
    inquiry.heard("w1", 3, "n1")
    inquiry.silent("w2")
    assert not inquiry.settled
    inquiry.silent("w3")
    assert (inquiry.settled, inquiry.named) == (True, "n1")


def test_the_same_witness_twice_is_no_majority() -> None:
    inquiry = Inquiry(ALL)
    inquiry.heard("w1", 3, "n1")
    inquiry.heard("w1", 3, "n1")
    assert not inquiry.settled


def test_a_cluster_that_never_had_a_primary_names_nobody() -> None:
    inquiry = Inquiry(ALL)
    inquiry.heard("w1", 0, "")
    inquiry.heard("w2", 0, "")
    assert inquiry.settled and inquiry.named == ""


def test_when_all_are_silent_it_is_settled_and_names_nobody() -> None:
    inquiry = Inquiry(ALL)
    for witness in ALL:
        inquiry.silent(witness)
    assert inquiry.settled and inquiry.named == ""
