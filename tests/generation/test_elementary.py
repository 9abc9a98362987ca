"""Elementary functions from the four operations."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.elementary import exp, log, normal_quantile


@given(st.floats(-600, 600))
def test_exp_agrees_with_the_library(x: float) -> None:
    """Exp has a relative error below 1e-13 (1e-14 plus what the reduction loses far out)."""
    assert float(exp(np.array([x]))[0]) == pytest.approx(math.exp(x), rel=1e-13)


@given(st.floats(1e-300, 1e300))
def test_log_agrees_with_the_library(x: float) -> None:
    """Log has an absolute error below 1e-12 over the whole range."""
    assert float(log(np.array([x]))[0]) == pytest.approx(math.log(x), abs=1e-12)


@given(st.floats(1e-9, 1 - 1e-9))
def test_normal_quantile_agrees_with_the_library(p: float) -> None:
    """The quantile is that of the standard normal distribution."""
    assert float(normal_quantile(np.array([p]))[0]) == pytest.approx(
        NormalDist().inv_cdf(p), rel=1e-9, abs=1e-12
    )
