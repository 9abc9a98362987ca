"""Compiled loops of the journal; they read records of arrays and fill arrays."""
