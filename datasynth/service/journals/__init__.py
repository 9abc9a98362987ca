"""Journals of configurations: the queue of builds, the journal cache, versions and their names.

Knows threads and admission.  Must not know blocks or streams.
"""
