"""From blocks to bytes, and to Arrow record batches (`arrow`, which alone needs pyarrow).

Knows the formats and the order of their fields, and writes each record once,
outside the interpreter lock.  It must know no transport, no stream and no
configuration, and it decides nothing about what an entry holds.
"""

from __future__ import annotations

from datasynth.encoding.encoders import header, least_entry_bytes, make_encoder
from datasynth.encoding.formats import Encoded, Encoder, Format, content_type
from datasynth.encoding.warm import warm_up

__all__ = [
    "Encoded",
    "Encoder",
    "Format",
    "content_type",
    "header",
    "least_entry_bytes",
    "make_encoder",
    "warm_up",
]
