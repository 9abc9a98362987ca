"""Asks the processor to fetch a record that a loop will read some turns later.

The rows and lines of templates that neighbouring entries copy lie far apart in memory.
A loop that waits for each of them spends half of its time waiting.  One that names them
some turns ahead does not, and its results are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, overload
from numba.np.arrayobj import make_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.kernel import Records

# Arguments of `llvm.prefetch` (LLVM Language Reference): to read, with the highest locality, data.
_READ, _KEEP, _DATA = 0, 3, 1


def prefetch(records: Records, at: int) -> None:
    """Fetch the record at a place to the cache; does nothing where kernels are not compiled."""


@intrinsic  # type: ignore[untyped-decorator]
def _prefetch(typing_context: Any, records: Any, at: Any) -> Any:  # noqa: ARG001 - numba passes it
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array_type, index_type = signature.args
        array = make_array(array_type)(context, builder, arguments[0])
        index = context.cast(builder, arguments[1], index_type, types.intp)
        place = cgutils.get_item_pointer(context, builder, array_type, array, [index], wraparound=False)
        number, pointer = ir.IntType(32), cgutils.voidptr_t
        declared = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [pointer, number, number, number]),
            "llvm.prefetch.p0i8",
        )
        settings = [ir.Constant(number, value) for value in (_READ, _KEEP, _DATA)]
        builder.call(declared, [builder.bitcast(place, pointer), *settings])
        return context.get_dummy_value()

    return types.none(records, at), generate


# Not strict, since it compares annotations as well.
@overload(prefetch, strict=False)  # type: ignore[untyped-decorator]
def _compiled(records: Any, at: Any) -> Callable[[Any, Any], None]:  # noqa: ARG001 - numba goes by the types
    return lambda records, at: _prefetch(records, at)  # noqa: PLW0108 - numba compiles functions alone
