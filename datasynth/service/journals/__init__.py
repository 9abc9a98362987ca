"""Journals of configurations: how they are built, named, kept and waited for.

Knows threads and admission.  Must not know blocks or streams.
"""
