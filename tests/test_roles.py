"""Role words against a cast: whom they name, and what a person reads where they name nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from harness.model.plan import HostPlan
from harness.roles import REST, WORDS, RoleError, host_of, hosts_of, sides_of, words_for
from tests.hosts import HOSTS, cast


@pytest.mark.parametrize(
    ("word", "hosts"),
    [
        ("primary", ("n1",)),
        ("standby", ("n2",)),
        ("standbys", ("n2",)),
        ("old primary", ("n2",)),
        ("victim", ("n1",)),
        ("coordinator", ("w2",)),
        ("witness/1", ("w1",)),
        ("witness/3", ("w3",)),
        ("witnesses", ("w1", "w2", "w3")),
        ("witnesses/minority", ("w1",)),
        ("witnesses/majority", ("w1", "w2")),
        ("router", ("router",)),
        ("client/2", ("client2",)),
        ("clients", ("client1", "client2")),
        ("nodes", ("n1", "n2")),
        ("hosts", ("n1", "n2", "w1", "w2", "w3", "router")),
        ("hosts in turn", ("n1",)),
        ("w2", ("w2",)),
    ],
)
def test_a_word_names_the_hosts_that_play_its_part(word: str, hosts: tuple[str, ...]) -> None:
    assert hosts_of(word, cast("n1", old="n2", victim="n1", leads="w2")) == hosts


def test_the_standby_is_whoever_is_not_primary_now() -> None:
    assert host_of("standby", cast("n2")) == "n1"


def test_while_nobody_is_primary_who_was_it_last_is_no_standby() -> None:
    """A person who promotes the standby two seconds after the primary's death means the other one."""
    assert hosts_of("standbys", cast("", old="n1")) == ("n2",)


def test_of_two_standbys_the_one_that_runs_is_meant() -> None:
    three = (*HOSTS[:2], HostPlan(name="n3", role="data"))
    of = structs.replace(cast("n1", hosts=three), down=frozenset({"n2"}))
    assert host_of("standby", of) == "n3"
    assert hosts_of("standbys", of) == ("n3", "n2")


def test_every_explained_word_can_be_asked_for() -> None:
    asked = {word.replace("/N", "/1") for word in WORDS} - {REST}
    hosts = (*HOSTS, HostPlan(name="fence", role="fence"))
    assert asked <= set(words_for(hosts))
    for word in asked:
        assert hosts_of(word, cast("n1", old="n1", victim="n1", leads="w1", hosts=hosts))


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("primry", "unknown role or host 'primry'; did you mean 'primary'?"),
        ("old-primary", "did you mean 'old primary'?"),
        ("witness/4", "no witness/4; there are witness/1 to witness/3"),
        ("witness/0", "no witness/0"),
        ("client/3", "there are client/1 to client/2"),
        ("victim", "no victim before a fault has hit a data node"),
        ("old primary", "no old primary before a fault has begun"),
        ("rest", "unknown role or host 'rest'"),
        ("zzzzzz", "there are primary, standby"),
    ],
)
def test_a_word_that_names_nobody_says_what_would(word: str, says: str) -> None:
    with pytest.raises(RoleError) as raised:
        hosts_of(word, cast())
    assert says in str(raised.value)


def test_while_nobody_is_primary_the_word_names_nobody() -> None:
    with pytest.raises(RoleError, match="there is no primary at this moment"):
        hosts_of("primary", cast(""))


def test_a_cluster_of_one_has_no_standby() -> None:
    with pytest.raises(RoleError, match="no standby"):
        hosts_of("standby", cast("n1", hosts=HOSTS[:1]))


def test_a_target_without_witnesses_says_so() -> None:
    with pytest.raises(RoleError, match="this target has no witness"):
        hosts_of("witness/1", cast(hosts=HOSTS[:2]))


def test_one_host_is_wanted_where_one_host_is_hit() -> None:
    with pytest.raises(RoleError, match=r"'witnesses' names 3 hosts \(w1, w2, w3\); name one of them"):
        host_of("witnesses", cast())


def test_a_minority_of_five_witnesses_is_two() -> None:
    five = tuple(HostPlan(name=f"w{n}", role="witness") for n in range(1, 6))
    assert hosts_of("witnesses/minority", cast("", hosts=five)) == ("w1", "w2")
    assert hosts_of("witnesses/majority", cast("", hosts=five)) == ("w1", "w2", "w3")


def test_rest_is_everyone_that_no_side_names() -> None:
    near, far = sides_of((("client/1", "primary"), ("rest",)), cast())
    assert near == ("n1", "client1")
    assert far == ("n2", "w1", "w2", "w3", "router", "client2")


def test_nobody_is_on_two_sides() -> None:
    with pytest.raises(RoleError, match="n1 would be on two sides"):
        sides_of((("primary",), ("n1",)), cast("n1"))


def test_a_rest_of_nobody_is_refused() -> None:
    everyone = tuple(host.name for host in HOSTS)
    with pytest.raises(RoleError, match="nothing is left for 'rest'"):
        sides_of((everyone, ("rest",)), cast())


@given(st.sets(st.sampled_from([host.name for host in HOSTS]), min_size=1, max_size=len(HOSTS) - 1))
def test_a_side_and_the_rest_share_out_all_hosts(side: set[str]) -> None:
    near, far = sides_of((tuple(side), ("rest",)), cast())
    assert set(near) == side
    assert sorted(near + far) == sorted(host.name for host in HOSTS)


def test_the_fence_device_is_a_word_where_there_is_one() -> None:
    device = HostPlan(name="pdu", role="fence")
    assert hosts_of("fence", cast(hosts=(*HOSTS, device))) == ("pdu",)
    with pytest.raises(RoleError, match="there is no fence in this target"):
        hosts_of("fence", cast())


def test_in_turn_is_another_host_in_each_trial_and_all_of_them_in_as_many() -> None:
    turns = [structs.replace(cast(), turn=turn) for turn in range(1, 8)]
    assert [host_of("hosts in turn", one) for one in turns] == ["n1", "n2", "w1", "w2", "w3", "router", "n1"]
    assert [host_of("witnesses in turn", one) for one in turns] == ["w1", "w2", "w3", "w1", "w2", "w3", "w1"]


def test_who_may_change_has_no_turns() -> None:
    with pytest.raises(RoleError, match="'standbys' has no turns, only hosts, nodes, witnesses"):
        hosts_of("standbys in turn", cast())
