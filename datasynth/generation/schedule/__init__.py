"""The schedule: how many documents of which kind are posted on which day.

Counts are whole numbers, and cumulative counts are closed forms, so an entry of
any number is found without the ones before it.
"""
