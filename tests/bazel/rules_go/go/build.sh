#!/bin/sh
# Compiles and links a Go program, as rules_go does: with the compiler and the linker themselves.
#
#   build.sh BINARY GOOS GOARCH BUILDMODE CGO_ENABLED SOURCES…
set -eu
binary=$1 buildmode=$4
export GOOS="$2" GOARCH="$3" CGO_ENABLED="$5" GOENV=off GOFLAGS=-buildvcs=false GOPATH="$PWD/go"
shift 5

# shellcheck disable=SC2016  # Go's own template.
go list -export -deps -trimpath -buildmode="$buildmode" \
    -f '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' "$@" >importcfg
shared=
[ "$buildmode" != pie ] || shared=-shared
# shellcheck disable=SC2086
go tool compile $shared -p main -importcfg importcfg -trimpath "$PWD" -o main.a "$@"
# -s -w: Bazel strips programs unless it is told otherwise.
go tool link -importcfg importcfg -buildmode "$buildmode" -buildid=redacted -s -w -o "$binary" main.a
