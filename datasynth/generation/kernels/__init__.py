"""Compiled loops of the journal; they take arrays and scalars and allocate nothing."""
