"""What ``gunicorn wsgi:app`` reads by itself: the same arrangement that ``python app.py`` makes.

The options are made in one place for both; the settings come from
``DATASYNTH_*`` variables.  gunicorn's own command line goes before this file,
but another worker class or more workers are refused.
"""

from __future__ import annotations

from datasynth.serve import gunicorn_options

globals().update(gunicorn_options())
