"""Outputs: a range of a journal, encoded, written to a sink.

Knows the interfaces of the three: the *source* is a `JournalRange`, a
`FileEncoder` of `encoding` makes the bytes, and a `Sink` takes them, as a file of a
`StagedFolder` does.  `pipeline` drives them on several threads; `data_set` says
which files a whole data set has.  Must not know the command line, streams
or any protocol: no service, no transport.
"""

from __future__ import annotations

from datasynth.output.journal_range import JournalRange
from datasynth.output.pipeline import write_range
from datasynth.output.sink import Sink, Writable
from datasynth.output.staged_file import SharedFolder, StagedFile
from datasynth.output.staged_folder import StagedFolder

__all__ = [
    "JournalRange",
    "SharedFolder",
    "Sink",
    "StagedFile",
    "StagedFolder",
    "Writable",
    "write_range",
]
