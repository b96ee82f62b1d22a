#!/bin/sh
# Compiles the builder, in a sandbox with `sdk` and, in the directory of this script, its sources.
# Needs no program but Go. $1 is how many actions Go may run at once, or empty.
set -eu
sandbox=$(pwd -P)
GOROOT=$(CDPATH='' cd -P -- sdk && pwd -P)
GOPATH=$sandbox/tmp/gopath
TMPDIR=$sandbox/tmp
export GOROOT GOPATH TMPDIR
cd -- "${0%/*}"
# With the flags of all builds, so that a binary for this platform finds the standard library's
# packages compiled. Without the index: a cache without room need not have one.
# GOGC is for speed (heap.go), on any machine: all processes together take 430 MB, and 320 MB without it.
compile() {
    GOCACHE=$1 GODEBUG=goindex=0 GOGC=400 "$GOROOT/bin/go" build ${2:+"-p=$2"} -trimpath -buildvcs=false \
        '-ldflags=-s -w' -o "$sandbox/output/builder" .
}
# A named cache that somebody deleted is done without, and so is one that cannot be written.
if cache=$(CDPATH='' cd -P -- "$sandbox/cache/build" 2>/dev/null && pwd -P); then
    ! compile "$cache" "$1" 2>/dev/null || exit 0
fi
compile "$sandbox/tmp/cache" "$1"
