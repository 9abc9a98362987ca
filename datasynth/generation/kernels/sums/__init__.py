"""Compiled loops that sum documents: balances and open items."""
