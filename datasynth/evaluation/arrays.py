"""Kinds of columns in which a data set is read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
"""Places in a list of words; see `WordLists`."""

Prints = NDArray[np.uint64]
"""Fingerprints of texts."""

Truths = NDArray[np.bool_]
Floats = NDArray[np.float64]
