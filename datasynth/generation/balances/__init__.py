"""Balances and open items at any position, without the entries before it."""
