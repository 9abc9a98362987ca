"""Codes of headers, against words looked up in the tables of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import ABSENT
from datasynth.generation.kernels.codes import PARITY
from datasynth.generation.kernels.headers import uuid_high, uuid_low
from datasynth.ledger.processes import Band
from tests.naive import headers

if TYPE_CHECKING:
    from datasynth.generation.block import Block
    from datasynth.generation.ground import Ground
    from datasynth.generation.located import Located


def test_words_are_those_of_the_tables(ground: Ground, located: Located, block: Block) -> None:
    """Company, type, source, process, text and reference of every entry."""
    vocabulary = ground.book.vocabulary
    for entry in range(block.entries):
        said = headers.words(ground, located, entry)
        company = ground.config.companies[ground.schedule.leaves[located.leaf[entry]].company]
        kind = int(block.reference_kind[entry])

        assert company.code == vocabulary.companies[block.company[entry]]
        assert company.currency == vocabulary.currencies[block.currency[entry]]
        assert said.document_type == vocabulary.document_types[block.document_type[entry]]
        assert said.source == vocabulary.sources[block.source[entry]]
        assert said.process == vocabulary.processes[block.process[entry]]
        assert said.text == vocabulary.header_texts[block.header_text[entry]]
        assert said.reference == ("" if kind == ABSENT else vocabulary.reference_kinds[kind])
        if said.reference:
            assert located.number[entry] + 1 == block.reference_number[entry]
    assert {PARITY} == set(block.exchange_rate.tolist())


def test_reversals_name_the_entry_that_they_take_back(ground: Ground, located: Located, block: Block) -> None:
    """A reversal has the UUID of its close's entry of the same item; other entries have none."""
    originals = [(at, entry) for at, entry in enumerate(ground.closes.entries) if entry.source != "reversal"]
    found = 0
    for place in range(block.entries):
        close = headers.closing_entry(ground, located, place)
        linked = (int(block.reversal_high[place]), int(block.reversal_low[place]))
        if close is None or close.source != "reversal":
            assert (0, 0) == linked
            continue
        _, at = max(
            (other.day, at)
            for at, other in originals
            if (other.company, other.item) == (close.company, close.item) and other.day < close.day
        )
        original = int(np.flatnonzero(located.row == ground.first_close + at)[0])
        who = np.uint64(headers.who(located, original))
        assert (int(uuid_high(ground.id_key, who)), int(uuid_low(ground.id_key, who))) == linked
        found += 1
    assert found > 20


def test_batches_are_the_night_jobs_of_a_day(ground: Ground, located: Located, block: Block) -> None:
    """Documents of one program and night share a batch number; documents of people have none."""
    batches: dict[int, tuple[int, int]] = {}
    for entry in range(block.entries):
        said = headers.words(ground, located, entry)
        run = (int(located.day[entry]), int(located.leaf[entry]))
        batch = int(block.batch[entry])
        if said.role.startswith("batch.") and said.band == Band.NIGHT:
            assert batch > 0
            assert run == batches.setdefault(batch, run)
        else:
            assert batch == ABSENT
    assert len(batches) == len(set(batches.values())) > 100
