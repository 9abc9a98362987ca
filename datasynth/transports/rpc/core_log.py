"""What grpcio writes into the log of its own accord, as far as it must not stand there.

Metadata that are no UTF-8 it reads as Latin-1, and logs the value with a traceback:
a key with an odd byte would be in the log, and any caller could fill it.
"""

from __future__ import annotations

import logging

LOGGER = "grpc._cython.cygrpc"


def keep_metadata_out_of_the_log() -> None:
    """Drop such records; a second time it does nothing."""
    logging.getLogger(LOGGER).addFilter(_tells_no_metadata)


def _tells_no_metadata(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("Invalid encoding")
