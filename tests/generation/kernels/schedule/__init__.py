"""Tests of schedule kernels."""
