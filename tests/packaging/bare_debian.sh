#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The newcomer's first hour: a clone of this tree on a Debian 12 that has nothing but git.
#
#   tests/packaging/bare_debian.sh FOLDER [COMMAND …]      (as root; default: ./dev test)
#
# FOLDER gets the system; it is made once and used again: remove it to start from nothing.
set -euo pipefail

folder="$(mkdir -p "$1" && realpath "$1")"
shift
(($#)) || set -- ./dev test
tree="$(git -C "$(dirname "$0")" rev-parse --show-toplevel)"

if [[ ! -e "$folder/etc/debian_version" ]]; then
  debootstrap --variant=minbase --include=git bookworm "$folder"
fi

leave() {
  umount "$folder/proc" 2>/dev/null || true
}
trap leave EXIT
mount -t proc proc "$folder/proc" 2>/dev/null || echo "going on without /proc" >&2

rm -rf "$folder/srv/oms"
git clone -q --no-hardlinks "$tree" "$folder/srv/oms"
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
  chroot "$folder" /bin/bash -c 'cd /srv/oms && exec "$@"' bash "$@"
