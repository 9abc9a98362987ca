"""Counters in Prometheus' text format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from datasynth.service.threads.counters import Count
from datasynth.transports.rest.metrics import MEANINGS, exposition

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from datasynth.service.services import Services

SAMPLE = re.compile(r'datasynth_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+-]+')
TYPE = re.compile(r"# (TYPE datasynth_[a-z_]+ (counter|gauge)|HELP datasynth_[a-z_]+ [A-Za-z][^\\]+\.)")


def test_every_line_is_in_the_format(client: FlaskClient) -> None:
    """The answer is what a scraper reads: what it means, its type and samples for each family."""
    client.post("/api/stream/start", json={"entries_per_second": 1})
    answer = client.get("/metrics")
    lines = answer.text.splitlines()

    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert answer.text.endswith("\n")
    assert not [line for line in lines if not (SAMPLE.fullmatch(line) or TYPE.fullmatch(line))]


def test_each_family_comes_once(client: FlaskClient) -> None:
    """No family is declared twice, or a scraper refuses the whole."""
    families = re.findall(r"# TYPE (\S+)", client.get("/metrics").text)

    assert sorted(set(families)) == sorted(families)


def test_requests_streams_and_downloads_are_counted(client: FlaskClient) -> None:
    """What was done shows up, split by transport, status, kind and state."""
    client.get("/nowhere")
    client.post("/api/stream/start", json={"entries_per_second": 1})
    size = len(client.get("/api/entries?count=5").data)
    text = client.get("/metrics").text

    assert 'datasynth_requests_total{transport="http",status="4xx"} 1\n' in text
    assert 'datasynth_streams{state="running"} 1\n' in text
    assert 'datasynth_streams{state="failed"} 0\n' in text
    assert 'datasynth_entries_sent_total{kind="download"} 5\n' in text
    assert f'datasynth_bytes_sent_total{{kind="download"}} {size}\n' in text


def test_every_count_is_there_from_the_start(client: FlaskClient) -> None:
    """A count that is still zero is printed too, so that a rate can be taken of it."""
    families = set(re.findall(r"# TYPE datasynth_(\w+)_total counter", client.get("/metrics").text))

    assert {str(count) for count in Count} <= families


def test_labels_are_escaped(make_services: Callable[..., Services]) -> None:
    """A label may hold any text without breaking the format."""
    services = make_services()
    services.counters.add(Count.TRIGGERS, labels=(("name", 'a"b\\c\nd'),))

    assert 'datasynth_triggers_total{name="a\\"b\\\\c\\nd"} 1\n' in exposition(services)


def test_a_scraper_s_own_parser_reads_it(client: FlaskClient) -> None:
    """Prometheus' library finds the same families, each with a meaning, a type and samples."""
    families = {family.name: family for family in text_string_to_metric_families(client.get("/metrics").text)}

    assert {"counter", "gauge"} == {family.type for family in families.values()}
    assert not [name for name, family in families.items() if not (family.documentation and family.samples)]
    assert [1] == [sample.value for sample in families["datasynth_info"].samples]


def test_every_count_has_a_meaning() -> None:
    """Nothing is counted without a word about what it is."""
    assert {str(count) for count in Count} <= set(MEANINGS)
