"""Read back by Prometheus' own parser."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families as parsed

from targets.reference.metrics.exposition import Family, Histogram, Sample, counter, gauge, text


def test_a_gauge_is_read_back_with_its_help_and_labels() -> None:
    (family,) = parsed(text([gauge("failover_epoch", "The epoch", 3, node="n1")]))
    assert (family.name, family.type, family.documentation) == ("failover_epoch", "gauge", "The epoch")
    assert [(one.labels, one.value) for one in family.samples] == [({"node": "n1"}, 3.0)]


@given(words=st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1))
def test_whatever_a_label_holds_is_read_back(words: str) -> None:
    (family,) = parsed(text([gauge("a", "b", 1.0, label=words)]))
    assert family.samples[0].labels == {"label": words}


def test_quotes_backslashes_and_line_ends_are_read_back() -> None:
    words = 'say "n1\\n2"\nand go on'
    (family,) = parsed(text([gauge("a", "b\nc", 1.0, label=words)]))
    assert family.samples[0].labels == {"label": words} and family.documentation == "b\nc"


def test_a_counter_has_a_sample_for_each_value_of_its_label() -> None:
    (family,) = parsed(text([counter("failover_writes_total", "Writes", "outcome", {"b": 2, "a": 1})]))
    assert family.type == "counter"
    assert [(one.labels["outcome"], one.value) for one in family.samples] == [("a", 1.0), ("b", 2.0)]


def test_a_histogram_counts_up_to_each_bound() -> None:
    times = Histogram((0.1, 1.0))
    for value in (0.05, 0.1, 0.5, 7.0):
        times.observe(value)
    (family,) = parsed(text([times.family("failover_fsync_seconds", "Time")]))
    found = {(one.name, one.labels.get("le")): one.value for one in family.samples}
    assert found == {
        ("failover_fsync_seconds_bucket", "0.1"): 2.0,
        ("failover_fsync_seconds_bucket", "1.0"): 3.0,
        ("failover_fsync_seconds_bucket", "+Inf"): 4.0,
        ("failover_fsync_seconds_sum", None): 7.65,
        ("failover_fsync_seconds_count", None): 4.0,
    }


def test_what_is_infinite_is_written_as_prometheus_writes_it() -> None:
    samples = (Sample(math.inf, {"of": "a"}), Sample(-math.inf, {"of": "b"}))
    (family,) = parsed(text([Family("a", "gauge", "b", samples)]))
    assert [one.value for one in family.samples] == [math.inf, -math.inf]


def test_a_family_without_samples_is_left_out() -> None:
    assert text([Family("a", "gauge", "b", ())]) == ""
