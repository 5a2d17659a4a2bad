#!/bin/sh
# Fills in a configuration and becomes the program: sh configured.sh CONFIG PROGRAM ARG…
# The result is $DIR/CONFIG. The caches count whole seconds, so a poll is at least one second.
set -eu
source=${UPSTREAM#http://}
source=${source%%/*}
poll_s=$((POLL_MS < 1000 ? 1 : POLL_MS / 1000))
sed -e "s|{dir}|$DIR|g" -e "s|{port}|$PORT|g" -e "s|{upstream}|$UPSTREAM|g" \
  -e "s|{source}|$source|g" -e "s|{source_host}|${source%:*}|g" -e "s|{source_port}|${source#*:}|g" \
  -e "s|{poll_ms}|$POLL_MS|g" -e "s|{poll_s}|$poll_s|g" -e "s|{poll_timeout_ms}|$POLL_TIMEOUT_MS|g" \
  -e "s|{user}|$(id -un) $(id -gn)|g" \
  -e "s|{poll_s_less_1}|$((poll_s > 1 ? poll_s - 1 : 1))|g" \
  "$1" >"$DIR/$1"
shift
exec "$@"
