"""The commands beside the server, one module each, and what they share.

Knows the command line, standard output and files.  Each module has a ``main``
that takes the arguments after the command and returns the exit status; the
table of commands is in `datasynth.__main__`, which imports only the one that is
asked for.  What a user can put right costs one line and status 2.
"""
