#!/bin/sh
# Installs the test tools into the current environment and runs every check.
set -eu
cd "$(dirname "$0")/.."
python -m pip install --quiet --editable '.[test]'
ruff format --check .
ruff check .
mypy
python docs/generate.py --check
python -m pytest --numprocesses auto "$@"
