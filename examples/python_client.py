"""From a running server to a Parquet file and a frame of pandas, in ten lines.

::

    pip install 'datasynth[client]' pandas
    python python_client.py [URL FILE]
"""

from __future__ import annotations

import sys

from datasynth.client import Client

url, file = sys.argv[1:] or ["http://localhost:3000", "entries.parquet"]
with Client(url) as client:
    stream = client.start(count=20_000, config={"global": {"industry": "retail"}})
    client.download(file, "parquet", stream_id=stream)
    frame = client.pandas(stream_id=stream, fields=["account_name", "debit", "credit", "local_amount"])
    client.stop()
moved = frame.local_amount.groupby(frame.account_name, observed=True).sum()
print(f"{file}: {len(frame):,} lines, in all {moved.sum()}")
print(moved.sort_values().tail(3).to_string(header=False))
