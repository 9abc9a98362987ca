"""Files of records."""

from __future__ import annotations

import pytest

from datasynth.encoding import Format, header
from datasynth.output import EncodedBlock, RecordEncoder
from tests.blocks import PLAIN, sample_block
from tests.encoding.slices import encode


@pytest.mark.parametrize("form", [Format.NDJSON_LINES, Format.NDJSON_DOCUMENTS, Format.CSV_LINES])
def test_a_file_of_records(form: Format) -> None:
    """It begins as a download does, has the records of each block, and no footer."""
    encoder, block = RecordEncoder(form, PLAIN), sample_block([2, 3])

    assert header(form) == encoder.opening()
    assert EncodedBlock(encode(form, PLAIN, block).data.data) == encoder.block(block)
    assert b"" == encoder.closing([])
