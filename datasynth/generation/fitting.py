"""A table of chances that meets what its rows and its columns have to sum to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.fitting import scale_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS = 60
_LEAST = 1e-12


def fit_table(
    prior: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Scale a table so that rows and columns sum to what is wanted.

    Iterative proportional fitting (Deming and Stephan 1940).  What is nil stays
    nil; where the margins cannot both be met, the rows are.

    Parameters
    ----------
    prior : (n, k) float64
        What the table is like; no row all nil.
    rows : (n,) float64
        Wanted sums of the rows.
    columns : (k,) float64
        Wanted sums of the columns; they sum to as much as the rows.

    Returns
    -------
    (n, k) float64
        Sums are accumulated in order, so that the bits are the same everywhere.
    """
    table = prior.copy()
    columns = np.maximum(columns, _LEAST)
    scale_table(table, rows, columns, _ROUNDS, np.empty(len(columns)))
    return table
