#!/bin/sh
# Writes synth/ anew from the proto. PROTOC is the compiler, if it is not protoc: "python -m grpc_tools.protoc".
set -eu
cd "$(dirname "$0")"
options=paths=source_relative,Msynth.proto=reader/synth
${PROTOC:-protoc} -I ../../protos \
    --plugin="$(go tool -n protoc-gen-go)" --plugin="$(go tool -n protoc-gen-go-grpc)" \
    --go_out="${1:-synth}" --go_opt="$options" \
    --go-grpc_out="${1:-synth}" --go-grpc_opt="$options" \
    synth.proto
