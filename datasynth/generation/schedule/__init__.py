"""How many documents of which kind are posted on which day, for whole streams at once.

Counts are whole numbers and cumulative counts are closed forms, so that the
entry of any number is found without visiting the ones before it.
"""
