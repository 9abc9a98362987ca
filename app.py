"""The server: ``python app.py --port 3000 --grpc-port 50051 --worker-threads 4``."""

from __future__ import annotations

import sys

from datasynth.serve import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
