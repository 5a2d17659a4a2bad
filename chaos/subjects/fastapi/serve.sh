#!/bin/sh
# Becomes uvicorn, or prints versions: sh serve.sh [--version]. Makes the virtual environment in
# .cache if it is missing or its requirements have changed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=$here/../../../.cache/fastapi
if ! cmp -s "$here/requirements.txt" "$venv/made-from.txt"; then
  python3 -m venv --clear "$venv" >&2
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    --requirement "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$venv/made-from.txt"
fi
if [ "${1:-}" = --version ]; then
  exec "$venv/bin/python" -c 'import fastapi, platform, uvicorn
print(f"{fastapi.__version__}+uvicorn.{uvicorn.__version__}+python.{platform.python_version()}")'
fi
exec "$venv/bin/uvicorn" --app-dir "$here" --host 127.0.0.1 --port "$PORT" --log-level warning app:app
