"""Reference data of streams and of the present configuration."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from datasynth.encoding.tables import TableFormat
from datasynth.errors import InvalidRequest, NotFound, Overloaded
from datasynth.service.reference.calls import CALLS
from datasynth.service.reference.query import ReferenceQuery
from datasynth.service.threads.waker import Caller, ThreadWaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.reference.listing import Listing
    from datasynth.service.reference.query import At
    from tests.service.harness import Harness

TWO = {"companies": [{"code": "A", "currency": "USD"}, {"code": "B", "currency": "JPY"}]}


def scope(stream_id: str | None = None, company: str | None = None) -> ReferenceQuery:
    """A query answered in JSON, ten items at a time."""
    return ReferenceQuery(stream_id, company, limit=10)


def begin(harness: Harness, name: str, query: ReferenceQuery) -> Listing:
    """Begin the answer of a call of a name."""
    (call,) = (call for call in CALLS if call.name == name)
    return harness.services.reference.listing(call, query, Caller("a client", ThreadWaker()))


def read(listing: Listing) -> dict[str, Any]:
    """Read a listing whole."""
    decoded: dict[str, Any] = json.loads(b"".join(chunk.data for chunk in listing))
    return decoded


def ask_each(harness: Harness, wanted: ReferenceQuery) -> list[Callable[[], Listing]]:
    """Every question that there is."""
    return [partial(begin, harness, call.name, wanted) for call in CALLS]


def balances(harness: Harness, wanted: ReferenceQuery, at: At = None) -> dict[str, Any]:
    """The balances."""
    return read(begin(harness, "balances", replace(wanted, at=at)))


def open_items(
    harness: Harness, wanted: ReferenceQuery, at: At = None, limit: int = 10, cursor: str | None = None
) -> dict[str, Any]:
    """A page of open items."""
    return read(begin(harness, "open-items", replace(wanted, at=at, limit=limit, cursor=cursor)))


def all_items(harness: Harness, wanted: ReferenceQuery, limit: int) -> list[str]:
    """References of all open items, page by page."""
    page = open_items(harness, wanted, limit=limit)
    found = page["items"]
    while page["next_cursor"] is not None:
        assert limit == len(page["items"])
        page = open_items(harness, wanted, limit=limit, cursor=page["next_cursor"])
        found += page["items"]
    return [item["reference"] for item in found]


def test_lists_of_the_present_configuration(harness: Harness) -> None:
    """Without a stream, accounts, parties and users are those of the configuration that holds now."""
    harness.services.config_store.merge(TWO)
    accounts, parties, users = (read(ask()) for ask in ask_each(harness, scope())[:3])

    assert ["1", "11", "1100", "4", "40", "4000"] == [row["account"] for row in accounts["accounts"]]
    assert ["C-A", "C-B"] == [row["partner_id"] for row in parties["parties"]]
    assert ["U-A", "S-A", "U-B", "S-B"] == [row["user_id"] for row in users["users"]]


def test_lists_of_a_stream_are_those_of_its_start(harness: Harness) -> None:
    """A stream's parties and users do not follow the configuration."""
    harness.services.config_store.merge(TWO)
    stream = harness.start(count=100)
    harness.services.config_store.merge({"companies": [{"code": "Z"}]})
    _, parties, users = (read(ask()) for ask in ask_each(harness, scope(stream.id, "B"))[:3])

    assert ["C-B"] == [row["partner_id"] for row in parties["parties"]]
    assert ["U-B", "S-B"] == [row["user_id"] for row in users["users"]]


def test_everything_is_computed_on_builders(build: Callable[..., Harness]) -> None:
    """The caller's thread never builds a journal; the cache then has it."""
    names: list[str] = []
    harness = build(on_make=lambda _: names.append(threading.current_thread().name))
    for ask in ask_each(harness, scope()):
        read(ask())

    assert ["builder"] == [name.rpartition("-")[0] for name in names]


def test_balances_by_default_are_those_of_the_end(harness: Harness) -> None:
    """Without a position all entries count; the answer says how many and up to which date."""
    harness.services.config_store.merge({"transactions": {"target_count": 250}})
    answer = balances(harness, scope())

    assert (250, "2024-01-03") == (answer["at_sequence"], answer["at_date"])
    assert ["at_sequence", "at_date", "balances"] == list(answer)
    assert {
        "company_code": "1000",
        "account": "1100",
        "currency": "USD",
        "opening": "500.00",
        "debit": "31375.00",
        "credit": "0.00",
        "balance": "31875.00",
    } == answer["balances"][0]


@pytest.mark.parametrize(
    ("at", "expected"),
    [(0, (0, "2024-01-01")), (101, (101, "2024-01-02")), (date(2024, 1, 1), (100, "2024-01-01"))],
)
def test_balances_at_a_position(harness: Harness, at: int | date, expected: tuple[int, str]) -> None:
    """A number of entries and the end of a date are positions."""
    answer = balances(harness, scope(), at)

    assert expected == (answer["at_sequence"], answer["at_date"])
    assert f"{expected[0] * (expected[0] + 1) // 2}.00" == answer["balances"][0]["debit"]


def test_the_head_of_a_stream(harness: Harness) -> None:
    """A stream is asked about up to where it has come; without a stream, everything counts."""
    harness.services.config_store.merge({"transactions": {"target_count": 250}})
    stream = harness.start(count=3_000, entries_per_second=100)
    harness.clock.advance(5.0)

    assert balances(harness, scope(stream.id), "head")["at_sequence"] == 500
    assert balances(harness, scope(stream.id))["at_sequence"] == 3_000
    assert balances(harness, scope(), "head")["at_sequence"] == 250


def test_positions_of_a_stopped_stream_end_at_its_stop_point(harness: Harness) -> None:
    """What a stopped stream never reached cannot be asked for."""
    stream = harness.start(count=3_000, entries_per_second=100)
    harness.clock.advance(5.0)
    harness.registry.stop()

    assert balances(harness, scope(stream.id))["at_sequence"] == 500
    assert balances(harness, scope(stream.id), date(2030, 1, 1))["at_sequence"] == 500
    assert open_items(harness, scope(stream.id))["at_sequence"] == 500
    with pytest.raises(InvalidRequest):
        balances(harness, scope(stream.id), 501)


def test_a_running_stream_has_all_its_positions(harness: Harness) -> None:
    """The head is not heeded, and is not moved."""
    stream = harness.start(count=3_000, entries_per_second=1)

    assert balances(harness, scope(stream.id))["at_sequence"] == 3_000
    assert stream.advance().current == 0


def test_triggers_count(harness: Harness) -> None:
    """A stream's triggered entries are among its positions; the configuration alone has none."""
    harness.services.config_store.merge({"transactions": {"target_count": 3_000}})
    stream = harness.start(entries_per_second=1)
    _, package = harness.registry.trigger("month_end", ThreadWaker())

    assert package.entries > 0
    assert 3_000 + package.entries == balances(harness, scope(stream.id))["at_sequence"]
    assert 3_000 == balances(harness, scope())["at_sequence"]


def test_an_ended_stream_s_journal_is_found_again(harness: Harness) -> None:
    """A stream that has ended keeps no journal; it is taken from the cache, or built once more."""
    stream = harness.start(count=300, entries_per_second=100)
    harness.registry.trigger("month_end", ThreadWaker())
    harness.pass_time(10.0)
    assert stream.version.journal is None
    expected = balances(harness, scope(stream.id))
    harness.registry._services.journals.cache.clear()

    assert stream.snapshot().total == expected["at_sequence"]
    assert expected == balances(harness, scope(stream.id))


def test_one_company(harness: Harness) -> None:
    """A company's code narrows balances and open items down."""
    harness.services.config_store.merge(TWO)

    assert {"B"} == {row["company_code"] for row in balances(harness, scope(None, "B"))["balances"]}
    assert {"B"} == {row["company_code"] for row in open_items(harness, scope(None, "B"))["items"]}


@pytest.mark.parametrize("limit", [1, 7, 100, 10_000])
def test_pages_of_open_items_join(harness: Harness, limit: int) -> None:
    """Page by page comes what one page would hold, whatever the limit."""
    harness.services.config_store.merge({"transactions": {"target_count": 995}})

    assert [f"INV-{number:010d}" for number in range(0, 995, 10)] == all_items(harness, scope(), limit)


def test_a_cursor_belongs_to_its_query(harness: Harness) -> None:
    """At another position, for another company or another journal a cursor is refused."""
    harness.services.config_store.merge(TWO)
    cursor = open_items(harness, scope(), 500)["next_cursor"]
    assert open_items(harness, scope(), 500, cursor=cursor)["items"]
    for other, at in ((scope(), 499), (scope(None, "A"), 500)):
        with pytest.raises(InvalidRequest):
            open_items(harness, other, at, cursor=cursor)
    harness.services.config_store.merge({"global": {"seed": 43}})
    with pytest.raises(InvalidRequest):
        open_items(harness, scope(), 500, cursor=cursor)


def test_a_trigger_ends_the_cursors_before_it(harness: Harness) -> None:
    """Pages of two different journals are never mixed."""
    stream = harness.start(count=3_000, entries_per_second=1)
    cursor = open_items(harness, scope(stream.id), 3_000)["next_cursor"]
    harness.registry.trigger("month_end", ThreadWaker())
    with pytest.raises(InvalidRequest) as refusal:
        open_items(harness, scope(stream.id), 3_000, cursor=cursor)

    assert ["cursor"] == list(refusal.value.details)


def test_unknown_stream(harness: Harness) -> None:
    """An id that nobody knows is not found, whatever is asked."""
    for ask in ask_each(harness, scope("nope")):
        with pytest.raises(NotFound):
            ask()


def test_unknown_company(harness: Harness) -> None:
    """A company that there is not is refused, and the refusal names those that there are."""
    harness.services.config_store.merge(TWO)
    for ask in ask_each(harness, scope(None, "C")):
        with pytest.raises(InvalidRequest) as refusal:
            ask()
        assert {"company": ["Must be one of: A, B."]} == refusal.value.details


def test_nothing_is_computed_while_memory_is_low(build: Callable[..., Harness]) -> None:
    """Low memory refuses reference data as it does downloads."""
    harness = build(memory_limit=1_000_000)
    harness.resident = 900_000
    harness.tick()
    for ask in ask_each(harness, scope()):
        with pytest.raises(Overloaded):
            ask()

    assert harness.journals_made == 0


def test_nothing_is_computed_during_the_shutdown(harness: Harness) -> None:
    """Once the server shuts down there is no reference data either."""
    harness.registry.shut_down()
    for ask in ask_each(harness, scope()):
        with pytest.raises(Overloaded):
            ask()


def test_csv_has_rows_alone(harness: Harness) -> None:
    """In CSV the facts are beside the rows, with the listing."""
    listing = begin(harness, "open-items", ReferenceQuery(format=TableFormat.CSV, at=25, limit=2))
    text = b"".join(chunk.data for chunk in listing).decode()

    assert 3 == text.count("\n")
    assert {"at_sequence": 25, "at_date": "2024-01-01"}.items() <= listing.facts.items()
    assert listing.facts["next_cursor"] is not None
