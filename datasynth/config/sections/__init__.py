"""The sections of a configuration: one marshmallow schema for each, in files by subject.

Knows the kinds of value in the modules around this folder and the frozen
values that sections become.  Must not know defaults, nor how a document was
spelt.
"""
