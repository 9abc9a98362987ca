"""Accounting: accounts, documents, processes, calendars, currencies.

Tables and dates only; nothing here knows seeds, entry numbers, threads or transports.
"""
