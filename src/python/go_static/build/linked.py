"""The binary that was linked last, for `go build` to leave where a link would give the same.

`go build` looks at what is at the output path: when its build ID says that it is what would be
linked, nothing is (useCache in cmd/go/internal/work/buildid.go). So an edit of a comment, which
compiles to the same packages, takes no link. A sandbox has no output of the build before, so one is
kept for each binary, in a named cache.

Its name ends in its checksum and size (POSIX cksum), as Go believes a build ID without a look at
the rest of the file. A link to the file is enough, here and there: Go puts another file in the
place of an output, and writes into none.
"""

from __future__ import annotations

import hashlib

CACHE_NAME = "go_static_linked"
DIRECTORY = "cache/linked"

# Days after which a binary that nobody has built goes, as those in Go's own cache do
# (trimLimit in cmd/go/internal/cache/cache.go).
_DAYS = 5

# Functions for a script that has `sandbox`, `output` and `linked`, the directory of the cache. They
# need a PATH, and `$1` is the key of a binary. Where they fail, it is linked as if there were none.
FUNCTIONS = f"""\
kept_as() {{
  sum=$(cksum < "$output") && kept=$linked/$1-${{sum%% *}}-${{sum#* }}
}}
lay_out_last() {{
  for kept in "$linked/$1"-*; do
    [ -f "$kept" ] || continue
    ln -- "$kept" "$sandbox/last" || cp -- "$kept" "$sandbox/last" || continue
    ln -- "$sandbox/last" "$output" && break
  done
}}
is_last() {{
  [ "$output" -ef "$sandbox/last" ]
}}
last_is_whole() {{
  kept_as "$1" && [ -f "$kept" ] && touch -c -- "$kept"
}}
keep() {{
  kept_as "$1" || return 0
  rm -f -- "$kept"
  new=$linked/new-$1-$$
  ln -- "$output" "$kept" ||
    {{ rm -f -- "$new" && cp -- "$output" "$new" && mv -f -- "$new" "$kept"; }} ||
    rm -f -- "$new"
  touch -c -- "$kept"
  for other in "$linked/$1"-*; do
    [ "$other" = "$kept" ] || rm -f -- "$other"
  done
  find "$linked" -type f -mtime +{_DAYS} -exec rm -f -- {{}} +
}}
"""


def key(output_path: str) -> str:
    """What a binary is kept under; `output_path` is that of its target."""
    return hashlib.sha256(output_path.encode()).hexdigest()[:16]
