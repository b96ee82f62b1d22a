"""How modules are downloaded: `go mod download`, from the network or from what is cached."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from go_static.go import sandbox

# Lists what `go mod download` has put into the module cache, and copies exactly that: the cache is
# shared, and what else lies in it must not become part of the digest.
#
# In a workspace, the modules that Go selects count; of these, those that are named (all, when none
# is), as they are or as what replaces them. Where the files are is worked out: Go's JSON escapes
# some characters that the path of the cache may have. A module's path has none of these; it is
# escaped as in the cache (`A` is `!a`, golang.org/ref/mod#module-proxy). `mod graph` is for builds
# that read the go.mod of every version in the graph.
_SELECTED = """\
{{if and .Version (not .Main)}}{{.Path}}@{{.Version}} {{with .Replace}}{{if .Version -}}
{{.Path}}@{{.Version}}{{end}}{{else}}{{.Path}}@{{.Version}}{{end}}{{end}}"""

_DOWNLOAD = f"""\
out=$sandbox/{sandbox.OUTPUT}
tmp=$sandbox/{sandbox.TEMPORARY}
scope=$2
selected=$3
cd -- "{sandbox.TREE}/$1"
shift 3
if [ "$scope" = workspace ]; then
  printf '%s\\n' "$@" > "$tmp/named"
  "$GOROOT/bin/go" list -m -f "$selected" all > "$tmp/selected"
  set -f
  set -- $(awk -v all="$#" 'FNR == NR {{ named[$0]; next }}
    NF == 2 && (all == 0 || $2 in named) {{ print $1 }}' "$tmp/named" "$tmp/selected")
  set +f
fi
status=0
if [ "$scope:$#" = workspace:0 ]; then
  : > "$tmp/modules.json"
else
  "$GOROOT/bin/go" mod download -json "$@" > "$tmp/modules.json" || status=$?
fi
if [ "$status" != 0 ]; then
  cat "$tmp/modules.json"
  exit "$status"
fi
awk -F '"' '/^\\t"Path": / {{ path = $4 }}
  /^\\t"Version": / {{ print path "@" $4 " .zip .info .mod" }}' \\
  "$tmp/modules.json" > "$tmp/wanted"
if [ "$scope" != modules ]; then
  "$GOROOT/bin/go" mod graph > "$tmp/graph"
  awk '{{
    for (i = 1; i <= NF; i++) if ($i ~ /@/ && $i !~ /^(go|toolchain)@/) print $i " .mod"
  }}' "$tmp/graph" >> "$tmp/wanted"
fi
awk '{{
  split($1, mv, "@"); path = mv[1] "/@v/" mv[2]; escaped = ""
  for (j = 1; j <= length(path); j++) {{
    c = substr(path, j, 1); escaped = escaped (c ~ /[A-Z]/ ? "!" tolower(c) : c)
  }}
  for (i = 2; i <= NF; i++) print escaped $i
}}' "$tmp/wanted" | sort -u | while IFS= read -r file; do
  [ ! -f "$GOMODCACHE/cache/download/$file" ] || printf '%s\\n' "$file"
done > "$tmp/relative"
mkdir "$out/downloads"
tar -cf - -C "$GOMODCACHE/cache/download" -T "$tmp/relative" | tar -xf - -C "$out/downloads"
"""

# Credentials may be among the settings, so they come in a file and not in the environment. It is
# not there when the process runs in a container, which has settings of its own, and where the same
# number may be that of another process.
SETTINGS_NAME = "go_static_settings"
_READ_SETTINGS = f"""\
case $1 in
/proc/*)
  case $(readlink -- "$1") in
  */memfd:{SETTINGS_NAME}*) . "$1" ;;
  esac
  ;;
*)
  if [ -r "$1" ]; then
    . "$1"
    rm -f -- "$1"
  fi
  ;;
esac
shift
"""


def download_command(
    module_directory: str, scope: str, modules: tuple[str, ...]
) -> tuple[str, ...]:
    """The argv that downloads `modules` (all, when empty) and leaves them in `output/downloads`.

    `scope` is `modules`, `graph` for the go.mod files of the whole graph too, or `workspace` for
    that and the versions that a workspace selects.
    """
    return (
        "/bin/sh",
        "-c",
        sandbox.PREPARE + _DOWNLOAD,
        "go",
        module_directory or ".",
        scope,
        _SELECTED,
        *modules,
    )


def cached_download_environment(workspace: str = "") -> dict[str, str]:
    """For the download step when it may only look at what the module cache holds already."""
    return {
        **sandbox.OFFLINE,
        "GOPROXY": "off",
        "GOWORK": sandbox.gowork(workspace),
        "PATH": sandbox.SYSTEM_PATH,
    }


def network_download_command(
    settings: str, module_directory: str, scope: str, modules: tuple[str, ...]
) -> tuple[str, ...]:
    """As `download_command`, with a network. `settings` is a file with `caller_settings`; one on
    disk is removed as soon as it is read."""
    arguments = download_command(module_directory, scope, modules)
    shell, option, script, name = arguments[:4]
    return (shell, option, _READ_SETTINGS + script, name, settings, *arguments[4:])


def network_download_environment(workspace: str = "") -> dict[str, str]:
    """For the download step with a network, beside `caller_settings`. The user's `go env -w` counts
    too, as it does for every other `go` command."""
    return {
        **sandbox.FIXED,
        "GOWORK": sandbox.gowork(workspace),
        "PATH": sandbox.SYSTEM_PATH,
    }


def caller_settings(caller: Mapping[str, str]) -> str:
    """A shell script that sets what the user lets through, except what this backend decides."""
    settings = {name: value for name, value in caller.items() if name not in sandbox.FIXED}
    if settings.get("PATH"):
        settings["PATH"] = f"{settings['PATH']}:{sandbox.SYSTEM_PATH}"
    return "".join(
        f"export {name}={shlex.quote(value)}\n"
        for name, value in sorted(settings.items())
        if name.isidentifier() and name != "GOWORK"
    )
