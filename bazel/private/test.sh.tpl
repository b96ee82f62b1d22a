#!/bin/sh
# An elf_static_test: checks one file. Bazel sets TEST_SRCDIR and XML_OUTPUT_FILE.
# shellcheck disable=SC1083  # What is in braces is filled in.
set -eu
cd "${TEST_SRCDIR:-$0.runfiles}"/%{workspace}
exec sh %{launcher} %{checker} check %{arguments} \
    ${XML_OUTPUT_FILE:+"--report=junit=$XML_OUTPUT_FILE"} -- %{file}
