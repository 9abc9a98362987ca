"""The commands beside the server, one module each, and what they share.

Knows arguments, standard output and exit statuses.  Each module has a ``main``
that takes the arguments after the command and returns the exit status; the
table of commands is in `datasynth.__main__`, which imports only the one that is
run.  A mistake of the user ends with one line on standard error and status 2.
"""
