#!/bin/sh
# Installs the test tools into the current environment and runs every check. Arguments go to
# pytest: --update-golden writes the golden files anew. CNNCALC_EFFORT=20 draws 20 times as many
# examples for the tests that draw them at random.
set -eu
cd "$(dirname "$0")/.."
python -m pip install --quiet --editable '.[test]'
ruff format --check .
ruff check .
mypy
python -m pytest --numprocesses auto --dist worksteal "$@"
