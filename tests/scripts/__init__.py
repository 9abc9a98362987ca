"""Tests of the chores."""
