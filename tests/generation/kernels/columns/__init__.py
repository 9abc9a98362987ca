"""Tests of columns kernels."""
