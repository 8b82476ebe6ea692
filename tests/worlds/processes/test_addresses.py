"""Runs side by side never share an address, and one that died gives its own back."""

from __future__ import annotations

import socket
import subprocess

import pytest

from harness.model.errors import WorldError
from harness.worlds.processes import addresses
from harness.worlds.processes.addresses import claimed, must_be_free


@pytest.fixture
def one_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that ask here are offered the same, and no run of others asks there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setattr(addresses, "_LOCK_PORT", free.getsockname()[1])
    monkeypatch.setattr(addresses, "_BLOCKS", range(99, 100))
    monkeypatch.setattr(addresses, "_ATTEMPTS_MAX", 1)


@pytest.mark.usefixtures("one_block")
def test_a_block_that_somebody_has_is_not_given_twice() -> None:
    block, lock = claimed()
    with lock:
        assert block.is_loopback
        with pytest.raises(WorldError, match="`failover-drill clean`"):
            claimed()
    again, lock = claimed()
    lock.close()
    assert again == block


@pytest.mark.usefixtures("one_block")
def test_it_is_held_as_long_as_any_process_of_the_run_lives() -> None:
    _, lock = claimed()
    heir = subprocess.Popen(["sleep", "60"], pass_fds=[lock.fileno()])
    try:
        lock.close()
        with pytest.raises(WorldError):
            claimed()
    finally:
        heir.kill()
        heir.wait()
    claimed()[1].close()


def test_a_port_that_a_program_holds_everywhere_is_named_with_the_way_to_find_it() -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(WorldError, match=rf"port {port} is taken .*\n.*ss -ltnp 'sport = :{port}'"):
            must_be_free("127.99.0.1", {port})
    must_be_free("127.99.0.1", {port})


def test_a_machine_without_such_addresses_is_told_what_is_wrong() -> None:
    with pytest.raises(WorldError, match="all of 127/8"):
        must_be_free("192.0.2.1", {7000})
