"""Compiled loops that fill the columns of blocks."""
