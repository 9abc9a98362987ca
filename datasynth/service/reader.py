"""One place in a run of entries, and how the next piece is cut out of a block there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, cast

import numpy as np

from datasynth.errors import InternalError
from datasynth.service.block_pool import Lane
from datasynth.service.edition import BLOCK_ENTRIES
from datasynth.service.piece import Piece

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.encoding import Encoded, Format
    from datasynth.service.block_pool import Order
    from datasynth.service.block_source import BlockKey, BlockSource
    from datasynth.service.edition import Edition
    from datasynth.service.wishes import Wish

FURTHEST_AHEAD = 8
"""Blocks that are made ready ahead of one reader, at most."""

_NO_SPANS = np.zeros(0, dtype=np.int64)


class BlockReader:
    """Reads entries in order; knows nothing of heads and states.  One lock at a time guards it.

    Parameters
    ----------
    source
        Where blocks come from.
    format
        What they are read in.
    stream_id
        Id in formats that bear one.
    first, line
        Where it begins: an entry, and a line of it counted from 1.
    wake
        Called when a block that was missing has come.
    client
        Whom it counts for if a journal has to be built again.
    """

    def __init__(
        self,
        source: BlockSource,
        format: Format,
        stream_id: str,
        first: int,
        line: int,
        wake: Callable[[], None],
        client: str,
    ) -> None:
        self._source = source
        self._format = format
        self._stream_id = stream_id
        self._wake = wake
        self._client = client
        self._depth = min(source.pool.threads + 1, FURTHEST_AHEAD)
        self._place: tuple[Edition, int] | None = None
        self._key: BlockKey | None = None
        self._held: Encoded | None = None
        self._order: Order | None = None
        self._wish: Wish | None = None
        self._opened: tuple[Edition, Edition] | None = None
        self._ahead: dict[BlockKey, Order] = {}
        self._ahead_end = -1
        self._closed = False
        self.position = first
        self.line = line

    @property
    def reached(self) -> int:
        """Number of entries up to and with the last one that was handed out in part or whole."""
        return self.position + (self.line > 1)

    @property
    def waiting(self) -> bool:
        """Whether the block under it, or the journal for it, is wanted and has not come."""
        if self._wish is not None:
            return not self._wish.done
        return self._order is not None and not self._order.done

    def take(self, edition: Edition, limit: int, ahead: int, most: int) -> Piece | None:
        """Return the next piece, or None if its block has still to come or `limit` is reached.

        Parameters
        ----------
        edition
            The journal as it stands now.
        limit
            Entries from here on are not handed out.
        ahead
            Entries below it may soon be wanted and can be made ready.
        most
            Size of a piece, except that an entry, or a line of one, is never cut. [bytes]

        Raises
        ------
        InternalError
            If the block could not be made; the log says why.
        Overloaded
            If its journal has to be built again, and cannot be now.
        """
        while self.position < max(limit, ahead) and not self._closed:
            self._turn_to(edition)
            # In this order: an idle thread takes what is ordered first, and this block is wanted now.
            encoded = self._fetch(edition)
            self._look_ahead(edition, max(limit, ahead))
            if encoded is None or self.position >= limit:
                return None
            piece = self._cut(encoded, limit, most)
            if piece is not None:
                return piece
        return None

    def relax(self) -> None:
        """Let go of blocks and journal; they come again when they are wanted."""
        self._release()
        self._opened = None
        self._place = self._key = None

    def close(self) -> None:
        """Let go of everything for good."""
        self._closed = True
        self.relax()

    def _release(self) -> None:
        if self._order is not None:
            self._source.pool.withdraw(self._order, self)
        for order in self._ahead.values():
            self._source.pool.withdraw(order, self)
        if self._wish is not None:
            self._source.withdraw(self._wish)
        self._wish = self._order = self._held = None
        self._ahead = {}
        self._ahead_end = -1

    def _open(self, edition: Edition) -> Edition | None:
        """Return an edition with its journal, or None while that is built again."""
        if edition.journal is not None:
            return edition
        if self._opened is not None and self._opened[0] is edition:
            return self._opened[1]
        wish, opened = self._wish, None
        if wish is None:
            opened = self._source.open(edition)
            if opened is None:
                self._wish = self._source.reopen(edition, self._client, self._wake)
        elif wish.done:
            self._wish = None
            opened = edition.opened(wish.journal())
        if opened is not None:
            # Held until it relaxes, since the shelf may have no room for it.
            self._opened = (edition, opened)
        return opened

    def _turn_to(self, edition: Edition) -> None:
        number = self.position // BLOCK_ENTRIES
        if self._place == (edition, number):
            return
        self._place = (edition, number)
        key = self._source.key(edition, number, self._format, self._stream_id)
        if key == self._key:
            return
        if self._order is not None:
            self._source.pool.withdraw(self._order, self)
        self._held = None
        self._order = self._ahead.pop(key, None)
        self._key = key
        self._ahead_end = -1

    def _look_ahead(self, edition: Edition, ahead: int) -> None:
        number = self.position // BLOCK_ENTRIES
        end = min(number + 1 + self._depth, -(-ahead // BLOCK_ENTRIES))
        if end == self._ahead_end:
            return
        self._ahead_end = end
        wanted: dict[BlockKey, Order] = {}
        for following in range(number + 1, end):
            key = self._source.key(edition, following, self._format, self._stream_id)
            order = self._ahead.pop(key, None)
            if order is None and self._source.find(key) is None:
                opened = self._open(edition)
                if opened is None:
                    # Looked for again once the journal is there.
                    self._ahead_end = -1
                    break
                order = self._source.order(key, opened, self, self._wake, Lane.AHEAD)
            if order is not None:
                wanted[key] = order
        for order in self._ahead.values():
            self._source.pool.withdraw(order, self)
        self._ahead = wanted

    def _fetch(self, edition: Edition) -> Encoded | None:
        if self._held is not None or self._key is None:
            return self._held
        if self._order is None:
            self._held = self._source.find(self._key)
            if self._held is not None:
                return self._held
            opened = self._open(edition)
            if opened is None:
                return None
            self._order = self._source.order(self._key, opened, self, self._wake, Lane.READER)
        order = self._order
        if not order.done:
            self._hurry(order, edition)
            return None
        self._order = None
        if order.error is not None:
            raise InternalError("The entries could not be computed.") from order.error
        self._held = cast("Encoded", order.result)
        return self._held

    def _hurry(self, order: Order, edition: Edition) -> None:
        if order.lane is Lane.READER or order.taken or self._key is None:
            return
        opened = self._open(edition)
        if opened is None:
            return
        joined = self._source.order(self._key, opened, self, self._wake, Lane.READER)
        if joined is not order:
            # It came meanwhile and has woken us, so the next look finds it.
            self._source.pool.withdraw(joined, self)

    def _cut(self, encoded: Encoded, limit: int, most: int) -> Piece | None:
        offsets = encoded.entry_offsets
        block_first = self.position - self.position % BLOCK_ENTRIES
        here = self.position - block_first
        last = min(limit - block_first, len(offsets) - 1)
        start = int(offsets[here])
        if self.line > 1:
            return self._cut_lines(encoded, here, most)
        # numpy's own search gives the interpreter lock away, and getting it back takes longer than searching.
        fitting = bisect_right(offsets, start + most) - 1
        upto = min(fitting, last)
        if upto <= here:
            if encoded.line_offsets is not None:
                return self._cut_lines(encoded, here, most)
            upto = here + 1
        return self._piece(encoded, here, upto, start, int(offsets[upto]))

    def _cut_lines(self, encoded: Encoded, here: int, most: int) -> Piece | None:
        lines = encoded.line_offsets
        entry_end = int(encoded.entry_offsets[here + 1])
        if lines is None:
            # A record is a whole entry; a line of it cannot be addressed, so it is given whole.
            self.line = 1
            return self._piece(encoded, here, here + 1, int(encoded.entry_offsets[here]), entry_end)
        first_line = bisect_left(lines, int(encoded.entry_offsets[here]))
        after_line = bisect_left(lines, entry_end)
        begin = first_line + self.line - 1
        if begin >= after_line:
            # Every line of this entry was had before.
            self.position += 1
            self.line = 1
            return None
        start = int(lines[begin])
        fitting = bisect_right(lines, start + most) - 1
        stop = min(max(fitting, begin + 1), after_line)
        whole = stop == after_line
        piece = self._piece(encoded, here, here + whole, start, int(lines[stop]))
        self.line = 1 if whole else stop - first_line + 1
        return piece

    def _piece(self, encoded: Encoded, here: int, upto: int, start: int, end: int) -> Piece:
        first = self.position
        self.position += upto - here
        starts = ends = _NO_SPANS
        if encoded.payload_offsets is not None:
            starts = encoded.payload_offsets[here:upto] - start
            ends = encoded.entry_offsets[here + 1 : upto + 1] - start
        return Piece(encoded.data.data[start:end], first, self.position, starts, ends)
