"""`gunicorn tests.e2e.pressed_wsgi:app`: the real server, whose memory a test reads out to it.

The file that `RESIDENT_FILE` names says how many bytes the server has to
believe that it holds.
"""

from __future__ import annotations

import os
from pathlib import Path

from datasynth import create_app

_FILE = Path(os.environ["RESIDENT_FILE"])


def _resident() -> int:
    return int(_FILE.read_text())


app = create_app(resident=_resident)
