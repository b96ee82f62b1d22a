#!/bin/sh
# The action of elf_static_aspect: checks one file, and keeps the report.
#
#   validate.sh REPORT LAUNCHER CHECKER FILE ARGUMENTS…
set -eu
report=$1 launcher=$2 checker=$3 file=$4
shift 4

case $(od -A n -t x1 -N 4 "$file" | tr -d ' \n') in
    # A script, a program for Windows, one for macOS, or WebAssembly: nothing for a Linux kernel to load.
    2321* | 4d5a* | c[ef]faedfe | feedfac[ef] | cafebabe | 0061736d)
        echo "not an ELF file" >"$report"
        exit
        ;;
esac
status=0
sh "$launcher" "$checker" check "$@" -- "$file" >"$report" || status=$?
[ "$status" -eq 0 ] || cat "$report" >&2
exit "$status"
