"""What ``gunicorn wsgi:app`` and ``flask run`` load; settings come from ``DATASYNTH_*`` variables."""

from __future__ import annotations

from datasynth.serve import wsgi_app

app = wsgi_app()
