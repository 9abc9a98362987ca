"""What makes the checks, a file a subject.

Every function takes a data set and its configuration and returns checks.  A check whose
name is fixed is always there, judged or not, so that programs can rely on it.
"""
