"""What accounting is: accounts, documents, processes, calendars, currencies.

Tables and dates, no draws: nothing here knows of seeds, entry numbers, threads
or any transport.
"""
