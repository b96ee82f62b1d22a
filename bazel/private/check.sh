#!/bin/sh
# Runs the checker with the first CPython on PATH that is new enough.
#
#   check.sh CHECKER ARGUMENTS…
set -eu

for python in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python3.9; do
    # A shim of a version manager may be on PATH and not run.
    if "$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; then
        # Without the caller's PYTHON* variables and site directory.
        exec "$python" -I "$@"
    fi
done
printf '%s\n' "elf-static: error: Python 3.9 or newer is needed on this machine; none was found on PATH: ${PATH-}" \
    "Install python3, or tell Bazel where it is: --action_env=PATH=… and --test_env=PATH=…." >&2
exit 2
