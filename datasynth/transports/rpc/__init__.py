"""gRPC: the page's four calls, health and reflection.

Knows grpcio and protobuf, and translates: metadata into a client, a message
into a call of the service, an error into a status.  Must not decide anything
about streams or configurations, and must not know gevent or flask: these
calls run on native threads.

``synth_pb2.py``, ``synth_pb2.pyi`` and ``synth_pb2_grpc.py`` are generated from
``protos/synth.proto`` by ``make proto``.  protoc sees the proto under the path
of this package, so that the generated modules import one another properly::

    python -m grpc_tools.protoc -I datasynth/transports/rpc=protos \
        --python_out=. --pyi_out=. --grpc_python_out=. datasynth/transports/rpc/synth.proto
"""

from __future__ import annotations
