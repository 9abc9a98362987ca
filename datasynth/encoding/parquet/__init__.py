"""Entries as Parquet: pages of columns, row groups of pages, and the footer over all groups.

Knows the fields of entries and Parquet's format.  It must know no transport, and needs pyarrow, which is
why nothing imports it before somebody asks for Parquet.
"""
