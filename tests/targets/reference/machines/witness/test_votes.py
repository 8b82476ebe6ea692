from targets.reference.machines.witness.votes import Votes


def test_a_vote_stands_for_its_time() -> None:
    votes = Votes(stands_s=0.4)
    votes.cast(1.0, "w1", (1, "n1"))
    assert votes.standing(1.399, (1, "n1")) == ("w1",)
    assert votes.standing(1.4, (1, "n1")) == ()


def test_a_repeated_vote_stands_longer_and_counts_once() -> None:
    votes = Votes(stands_s=0.4)
    votes.cast(1.0, "w1", (1, "n1"))
    votes.cast(1.3, "w1", (1, "n1"))
    assert votes.standing(1.6, (1, "n1")) == ("w1",)


def test_votes_of_one_reign_say_nothing_about_another() -> None:
    votes = Votes(stands_s=0.4)
    votes.cast(1.0, "w1", (1, "n1"))
    votes.cast(1.0, "w2", (2, "n1"))
    votes.cast(1.0, "w3", (1, "n2"))
    assert votes.standing(1.0, (1, "n1")) == ("w1",)


def test_votes_against_older_reigns_are_forgotten() -> None:
    votes = Votes(stands_s=0.4)
    votes.cast(1.0, "w1", (1, "n1"))
    votes.cast(1.0, "w2", (2, "n2"))
    votes.forget_before(2)
    assert votes.standing(1.0, (1, "n1")) == ()
    assert votes.standing(1.0, (2, "n2")) == ("w2",)


def test_what_is_left_of_each_standing_vote() -> None:
    votes = Votes(stands_s=0.4)
    votes.cast(1.0, "w1", (1, "n1"))
    votes.cast(1.25, "w2", (1, "n1"))
    assert votes.left(1.4, (1, "n1")) == [("w2", 0.25)]
