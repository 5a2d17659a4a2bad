#!/bin/sh
# Starts the exporter, which ends with its parent, and becomes Prometheus. /consoles/ready.txt is
# status 500 until there is data.
set -eu
deno run --allow-all --no-config exporter.ts "$DIR/targets.json" "$UPSTREAM" &
exec sh ../configured.sh prometheus.yml prometheus --config.file="$DIR/prometheus.yml" \
  --web.listen-address="127.0.0.1:$PORT" --web.console.templates=consoles \
  --storage.tsdb.path="$DIR/data" --log.level=error
