"""Tests of sums kernels."""
