"""Where data sets come from: a folder that was written, or a server that runs.

Knows files, HTTP and Arrow, and turns text into columns.  Must not judge: what can be
represented is passed on, however wrong, and the rest is counted or refused.
"""
