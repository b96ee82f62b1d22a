# shellcheck shell=sh
# shellcheck disable=SC2154  # The caller sets `project`.
# Private Python environments with pinned requirements: sourced by ./pants, ./run-tests,
# ./build-wheels and .ci/run.
#
#   environment NAME REQUIREMENTS…
#
# sets `environment` to the directory of an environment with exactly these requirements, which it
# makes first where there is none. The caller sets `project` to the directory of the project.
#
# An environment is made beside its place and then renamed, so that one which is there is complete.
# A lock, which the system drops with the processes that hold it, lets one at a time make any: the
# second of two that start at once finds the first's, and what a killed one left behind goes away.
#
#   test_environment
#
# does the same for the tests, which have the packages of ./pants and their own. Their environment
# starts as a copy of that of ./pants, with links to the same files: a tenth of the time and space.

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Prints the path of a CPython 3.9 that works and can make environments. A `python3.9` on PATH may be
# a shim of a version manager that does not run, with a real one behind it.
find_python39() {
    pyenv=${PYENV_ROOT:-${HOME-}/.pyenv}
    (
        IFS=:
        set -f
        for directory in $PATH; do
            printf '%s\n' "${directory:-.}/python3.9"
        done
        set +f
        printf '%s\n' "$pyenv"/versions/3.9.*/bin/python3.9
        ! command -v uv >/dev/null 2>&1 || uv python find 3.9 2>/dev/null || true
    ) | first_python39 && return
    if command -v uv >/dev/null 2>&1 && uv python install 3.9 >&2; then
        uv python find 3.9 | first_python39 && return
    fi
    fail "No CPython 3.9 was found, on which Pants 2.17.1 runs." \
        "Looked for: python3.9 on PATH; $pyenv/versions/3.9.*; uv." \
        "Install it, with its venv module, in one of these ways, and start again:" \
        "  apt-get install python3.9-venv   (where the distribution has it)" \
        "  brew install python@3.9" \
        "  pyenv install 3.9" \
        "  install uv, which fetches it by itself"
}

# Prints the first of the paths on standard input that is a CPython 3.9 which can make environments.
first_python39() {
    while IFS= read -r candidate; do
        if [ -x "$candidate" ] && "$candidate" -I -c 'import sys, ensurepip, venv
sys.exit(sys.implementation.name != "cpython" or sys.version_info[:2] != (3, 9))' \
            </dev/null >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

environment() {
    name=$1
    shift
    # A checksum names the environment, so that changed requirements get a new one, and so does
    # another system that sees the same directory.
    key=$({ uname -sm && cat "$@"; } | cksum)
    environment=$project/.pants.env/$name-${key%% *}
    # The interpreter is a link, which is broken when the Python behind it has been removed.
    [ ! -x "$environment/bin/python" ] || return 0

    # What is meant for other Pythons must not reach this one.
    unset PYTHONHOME PYTHONPATH PYTHONSTARTUP
    python39=$(find_python39) || exit 1
    mkdir -p "$project/.pants.env" 2>/dev/null && [ -w "$project/.pants.env" ] || fail \
        "Cannot write to $project/.pants.env, where ./pants keeps its environments." \
        "Make the project's directory writable, or use a copy of it."
    # The lock belongs to the open file, which this shell shares with what it starts.
    exec 9>"$project/.pants.env/lock"
    "$python39" -I -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' || fail \
        "Cannot lock $project/.pants.env/lock (see above)."
    [ -x "$environment/bin/python" ] || make_environment "$@"
    exec 9>&-
}

test_environment() {
    listed_by_pants=$project/3rdparty/python/pants-requirements.txt
    environment pants "$listed_by_pants"
    of_pants=$environment
    environment tests "$listed_by_pants" "$project/3rdparty/python/test-requirements.txt"
    of_pants=
}

# Makes `environment` with `python39`, from `of_pants` where that is set.
make_environment() {
    printf '%s\n' "Making $environment (once; takes half a minute)" >&2
    unfinished=$environment.unfinished
    rm -rf "$environment" "$project/.pants.env"/*.unfinished
    trap 'rm -rf "$unfinished"' EXIT
    if [ -n "${of_pants-}" ]; then
        shift
        copy_linked "$of_pants" "$unfinished" || fail \
            "$of_pants could not be copied to $unfinished (see above)."
    else
        "$python39" -I -m venv "$unfinished" || fail \
            "$python39 could not make a virtual environment in $project/.pants.env (see above)."
    fi
    for listed in "$@"; do
        install_requirements "$listed" || fail \
            "The packages in $listed could not be installed (see above)." \
            "Check that the package index can be reached: pip uses its own configuration and" \
            "HTTPS_PROXY. A hash that does not match means that the index serves another file" \
            "than the pinned one; do not go on then."
    done
    mv "$unfinished" "$environment" || fail "$unfinished could not be renamed to $environment."
    trap - EXIT
}

# pip never changes a file that is there, but puts another in its place.
copy_linked() {
    mkdir "$2" || return
    # The environment itself may be found through a link.
    cp -al "$1/." "$2" 2>/dev/null && return
    rm -rf "$2"
    mkdir "$2" && cp -RPp "$1/." "$2"
}

# Installs into `unfinished`. Where packages come from is the user's to say, in pip's configuration;
# where they go and which they are is not.
install_requirements() (
    unset PIP_CONSTRAINT PIP_DRY_RUN PIP_EDITABLE PIP_NO_BINARY PIP_ONLY_BINARY PIP_PREFIX \
        PIP_PYTHON PIP_REQUIREMENT PIP_ROOT PIP_TARGET
    PIP_USER=0
    export PIP_USER
    "$unfinished/bin/python" -I -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --no-deps -r "$1" >&2
)

# Starts the clang that is part of the ziglang package, with its own headers. The environment may have
# been moved since, or be found through a link of a checkout that is gone; a sandbox calls it by a link.
# shellcheck disable=SC2016  # It is for the script to expand.
clang='#!/bin/sh
environment=$(PATH=/usr/bin:/bin readlink -f -- "$0")
environment=${environment%/tools/clang}
zig=$environment/lib/python3.9/site-packages/ziglang
exec "$zig/zig" clang -resource-dir "$zig/lib" "$@"'

# Prints the directory of the programs that an environment brings for code generation.
tools_of() {
    # An older one may name paths that are gone.
    if [ "$(cat "$1/tools/clang" 2>/dev/null)" != "$clang" ]; then
        {
            mkdir -p "$1/tools" && printf '%s\n' "$clang" >"$1/tools/clang.$$" &&
                chmod +x "$1/tools/clang.$$" && mv "$1/tools/clang.$$" "$1/tools/clang"
        } 2>/dev/null || true
    fi
    printf '%s\n' "$1/tools"
}

# Prints the root of the Go SDK in an environment.
go_root_of() {
    printf '%s\n' "$1/lib/python3.9/site-packages/go"
}
