#!/bin/sh
# Fills in a configuration and becomes the program: sh configured.sh CONFIG PROGRAM ARG…
# The result is $DIR/CONFIG. Some caches count whole seconds, so a poll is at least one second.
set -eu
source=${UPSTREAM#http://}
source=${source%%/*}
sed -e "s|{dir}|$DIR|g" -e "s|{port}|$PORT|g" -e "s|{user}|$(id -un) $(id -gn)|g" \
  -e "s|{source}|$source|g" -e "s|{source_host}|${source%:*}|g" -e "s|{source_port}|${source#*:}|g" \
  -e "s|{poll_ms}|$POLL_MS|g" -e "s|{poll_s}|$((POLL_MS < 1000 ? 1 : POLL_MS / 1000))|g" \
  -e "s|{poll_timeout_ms}|$POLL_TIMEOUT_MS|g" "$1" >"$DIR/$1"
# A killed nginx leaves its socket.
rm -f "$DIR"/*.sock
shift
exec "$@"
