"""The load and the clients' ways, and sizes that no machine would carry."""

from __future__ import annotations

import pytest

from harness.model.drill import Load
from tests.drillfile.written import read, refused, with_words


def test_a_load_is_read_with_its_units() -> None:
    load = read(with_words("load: {writers: 2, rate: 30/m, readers: 0, read_rate: 5/s, timeout: 250ms}")).load
    assert load == Load(writers=2, rate_per_s=0.5, readers=0, read_rate_per_s=5, timeout_s=0.25)


def test_a_clients_way_is_read() -> None:
    drill = read(with_words("clients: {client/1: {via: primary}, client/2: {via: router}}"))
    assert drill.clients == {"client/1": "primary", "client/2": "router"}


@pytest.mark.parametrize(
    ("words", "field", "says"),
    [
        ("load: {writer: 2}", "load.writer", "did you mean 'writers'?"),
        ("load: {writers: 0}", "load.writers", "no whole number from 1"),
        ("load: {writers: 5000}", "load.writers", "no whole number from 1 to 100"),
        ("load: {rate: 50}", "load.rate", "50 has no unit; write 50/s"),
        ("load: {rate: 50/d}", "load.rate", "unknown unit '/d'"),
        ("load: {rate: 0/s}", "load.rate", "not from 0.1/s to 1000/s"),
        ("load: {rate: 1000000/s}", "load.rate", "not from 0.1/s to 1000/s"),
        ("load: {rate: -5/s}", "load.rate", "is not a rate"),
        (
            "load: {writers: 100, rate: 1000/s}",
            "load",
            "100100 operations a second in all are more than 5000",
        ),
        ("load: {timeout: 0s}", "load.timeout", "is not from 10ms to 1m"),
        ("load: {timeout: 1}", "load.timeout", "1 has no unit"),
        ("load: 50/s", "load", "a load is a block of words"),
        ("load:", "load", "a load is a block of words"),
        ("clients: {client/1: primary}", "clients.client/1", "write for instance {via: primary}"),
        (
            "clients: {client/1: {via: dns}}",
            "clients.client/1.via",
            "there are router, primary, standby, discovery",
        ),
        ("clients: {client/1: {via: routr}}", "clients.client/1.via", "did you mean 'router'?"),
        ("clients: {client/1: {}}", "clients.client/1", "needs the word 'via'"),
        ("clients: [client/1]", "clients", "clients are blocks by role or host"),
    ],
)
def test_a_wrong_load_is_told_with_the_fix(words: str, field: str, says: str) -> None:
    error = refused(with_words(words))
    assert (error.line, error.field) == (1, field)
    assert says in error.problem
