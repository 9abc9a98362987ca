"""Asks the processor to fetch a record that a loop will read some turns later.

The rows and lines of templates that neighbouring entries copy lie far apart in memory.
A loop that waits for each of them spends half of its time waiting.  One that names them
some turns ahead does not, and its results are the same.  A record comes with one fetch if it
lies in one line of the cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, overload
from numba.np.arrayobj import make_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.kernel import Records

# Arguments of `llvm.prefetch` (LLVM Language Reference): to read, with the highest locality, data.
_READ, _KEEP, _DATA = 0, 3, 1

CACHE_LINE = 64
"""What a processor fetches at once: an aligned piece of memory. [bytes]"""


def empty_records(count: int, record: np.dtype[np.void]) -> Records:
    """Return records to be filled in, the first one at the beginning of a line of the cache.

    Where so many fill a line exactly, none lies across two of them.
    """
    size = count * record.itemsize
    room = np.empty(size + CACHE_LINE, dtype=np.uint8)
    begin = -room.ctypes.data % CACHE_LINE
    records: Records = room[begin : begin + size].view(record).view(np.recarray)
    return records


def prefetch(records: Records, at: int) -> None:
    """Fetch the record at a place to the cache; does nothing where kernels are not compiled."""


@intrinsic
def _prefetch(typing_context: Any, records: Any, at: Any) -> Any:  # noqa: ARG001 - numba passes it
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array_type, index_type = signature.args
        array = make_array(array_type)(context, builder, arguments[0])  # type: ignore[no-untyped-call]
        index = context.cast(builder, arguments[1], index_type, types.intp)
        where = (context, builder, array_type, array, [index])
        place = cgutils.get_item_pointer(*where, wraparound=False)  # type: ignore[no-untyped-call]
        number, pointer = ir.IntType(32), cgutils.voidptr_t
        declared = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            builder.module,
            ir.FunctionType(ir.VoidType(), [pointer, number, number, number]),
            "llvm.prefetch.p0i8",
        )
        settings = [ir.Constant(number, value) for value in (_READ, _KEEP, _DATA)]
        builder.call(declared, [builder.bitcast(place, pointer), *settings])
        return context.get_dummy_value()

    return types.none(records, at), generate


# Not strict, since it compares annotations as well.
@overload(prefetch, strict=False)
def _compiled(records: Any, at: Any) -> Callable[[Any, Any], None]:  # noqa: ARG001 - numba goes by the types
    return lambda records, at: _prefetch(records, at)  # type: ignore[call-arg]  # noqa: PLW0108 - numba compiles functions alone
