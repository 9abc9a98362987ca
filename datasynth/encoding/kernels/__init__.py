"""The compiled loops that write bytes; they know arrays and numbers, no format and no vocabulary."""
