"""Fits a table of chances to given sums of its rows and columns."""

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
    """Scale a table to given sums by iterative proportional fitting (Deming and Stephan 1940).

    Nil stays nil.  If the table cannot meet both margins, it meets the rows.

    Parameters
    ----------
    prior : (n, k) float64
        The table before scaling; no row is all nil.
    rows, columns : (n,) float64, (k,) float64
        GenerateRequest sums of the rows and of the columns, equal in total.

    Returns
    -------
    (n, k) float64
        Sums are accumulated in order, so that the bits are the same everywhere.
    """
    table = prior.copy()
    columns = np.maximum(columns, _LEAST)
    scale_table(table, rows, columns, _ROUNDS, np.empty(len(columns)))
    return table
