"""Scaling of a table to given sums of its rows and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.kernel import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@kernel
def scale_table(
    table: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    rounds: int,
    factor: NDArray[np.float64],
) -> None:
    """Scale columns, then rows, by iterative proportional fitting; one turn is one round over the table.

    `rows` and `columns` are the wanted sums; `factor` is scratch, one place a column.
    """
    for _ in range(rounds):
        for column in range(len(columns)):
            factor[column] = 0.0
        for row in range(len(rows)):
            for column in range(len(columns)):
                factor[column] += table[row, column]
        for column in range(len(columns)):
            factor[column] = columns[column] / factor[column] if factor[column] > 0.0 else 0.0
        for row in range(len(rows)):
            found = 0.0
            for column in range(len(columns)):
                table[row, column] *= factor[column]
                found += table[row, column]
            # Rows come last, so their sums hold even where both margins cannot.
            ratio = rows[row] / found if found > 0.0 else 0.0
            for column in range(len(columns)):
                table[row, column] *= ratio
