"""Tests of the fuzzer of configurations."""
