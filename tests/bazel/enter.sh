#!/bin/sh
# Makes the root file system of Bazel the root of this mount namespace, and stays there until standard
# input ends. Started in namespaces of its own by namespace.py.
#
#   enter.sh ROOT DIRECTORY…
#
# ROOT is not written to. Each DIRECTORY is there at the path that it has outside.
set -eu
# pivot_root is among the programs of the administrator.
PATH=$PATH:/usr/sbin:/sbin
root=$1
shift

new=/mnt
mount -t tmpfs tmpfs "$new"
for name in bin lib lib64 sbin; do
    cp -P "$root/$name" "$new/$name"
done
for name in usr etc; do
    mkdir "$new/$name"
    mount --bind "$root/$name" "$new/$name"
    mount -o remount,bind,ro "$new/$name"
done
mkdir "$new/dev" "$new/old" "$new/proc" "$new/root" "$new/sys" "$new/tmp" "$new/var"
mkdir "$new/var/tmp"
chmod 1777 "$new/tmp" "$new/var/tmp"
mount --rbind /dev "$new/dev"
# Only root may enter the directory of the run, which is there if the run is in memory.
[ ! -d "$new/dev/shm" ] || mount -t tmpfs tmpfs "$new/dev/shm"
mount -t proc proc "$new/proc"
for directory; do
    mkdir -p "$new$directory"
    mount --rbind "$directory" "$new$directory"
done
cd "$new"
pivot_root . old
umount -l /old
echo ready
# This shell is the first process of the namespace. While it waits, it reaps what daemons leave behind;
# a client of Bazel waits for that when it stops its server.
cat
