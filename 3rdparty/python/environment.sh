# shellcheck shell=sh
# Private Python environments with pinned requirements: sourced by ./pants, ./run-tests and .ci/run.
#
#   environment NAME REQUIREMENTS…
#
# sets `environment` to the directory of an environment with exactly these requirements, which it
# makes first where there is none. The caller sets `project` to the directory of the project.
#
# An environment is made beside its place and then renamed, so that one which is there is complete:
# two that start at once both make one and the second finds the first's, and what a killed one
# leaves behind is never used.

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Prints the path of a CPython 3.9 that works and can make environments. A `python3.9` on PATH may be
# a shim of a version manager that does not run.
find_python39() {
    for candidate in \
        "$(command -v python3.9 || true)" \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.9.*/bin/python3.9 \
        "$(command -v uv >/dev/null 2>&1 && uv python find 3.9 2>/dev/null || true)"; do
        if is_python39 "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    if command -v uv >/dev/null 2>&1 && uv python install 3.9 >&2; then
        candidate=$(uv python find 3.9)
        if is_python39 "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    fi
    fail "No CPython 3.9 was found, on which Pants 2.17.1 runs." \
        "Looked for: python3.9 on PATH; ${PYENV_ROOT:-$HOME/.pyenv}/versions/3.9.*; uv." \
        "Install it, with its venv module, in one of these ways, and start again:" \
        "  apt-get install python3.9-venv   (where the distribution has it)" \
        "  brew install python@3.9" \
        "  pyenv install 3.9" \
        "  install uv, which fetches it by itself"
}

is_python39() {
    [ -x "$1" ] && "$1" -c \
        'import sys, ensurepip, venv; sys.exit(sys.version_info[:2] != (3, 9))' >/dev/null 2>&1
}

environment() {
    name=$1
    shift
    # A checksum names the environment, so that changed requirements get a new one.
    key=$(cat "$@" | cksum)
    environment=$project/.pants.env/$name-${key%% *}
    # The interpreter is a link, which is broken when the Python behind it has been removed.
    [ ! -x "$environment/bin/python" ] || return 0

    python39=$(find_python39) || exit 1
    unfinished=$environment.$$.unfinished
    printf '%s\n' "Making $environment (once; takes half a minute)" >&2
    mkdir -p "$project/.pants.env" 2>/dev/null && [ -w "$project/.pants.env" ] || fail \
        "Cannot write to $project/.pants.env, where ./pants keeps its environments." \
        "Make the project's directory writable, or use a copy of it."
    rm -rf "$environment" "$unfinished"
    trap 'rm -rf "$unfinished"' EXIT
    "$python39" -m venv "$unfinished" || fail \
        "$python39 could not make a virtual environment in $project/.pants.env (see above)."
    for requirements in "$@"; do
        "$unfinished/bin/python" -m pip install --quiet --disable-pip-version-check \
            --no-input --require-hashes --no-deps -r "$requirements" >&2 || fail \
            "The packages in $requirements could not be installed (see above)." \
            "Check that the package index can be reached: pip uses its own configuration and" \
            "HTTPS_PROXY. A hash that does not match means that the index serves another file" \
            "than the pinned one; do not go on then."
    done
    # Fails where another one has come first, which is as good.
    "$python39" -c 'import os, sys; os.rename(*sys.argv[1:])' "$unfinished" "$environment" \
        2>/dev/null || [ -x "$environment/bin/python" ] || fail \
        "$unfinished could not be renamed to $environment."
    rm -rf "$unfinished"
    trap - EXIT
}

# Prints the root of the Go SDK in an environment.
go_root_of() {
    for root in "$1"/lib/python3.9/site-packages/go; do
        printf '%s\n' "$root"
    done
}
