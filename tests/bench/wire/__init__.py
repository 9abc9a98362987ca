"""Tests of the fuzzers of bytes on the wire."""
