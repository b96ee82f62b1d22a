#!/bin/sh
# Runs a shell command in the root of an image, with this machine's programs in place of a base image.
#
#   base_image.sh ROOT COMMAND
set -eu
root=$1 command=$2
for name in bin lib lib64 usr; do
    [ -e "/$name" ] || continue
    mkdir -p "$root/$name"
    mount --rbind "/$name" "$root/$name"
done
exec chroot "$root" /bin/sh -c "$command"
