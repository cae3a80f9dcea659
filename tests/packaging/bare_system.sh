#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The newcomer's first hour: a clone of this tree on a system that has nothing but git.
#
#   tests/packaging/bare_system.sh bookworm|noble FOLDER [COMMAND …]
#
# FOLDER gets Debian 12 (bookworm) or Ubuntu 24.04 (noble); it is made once and used again: remove
# it to start from nothing. COMMAND is run in the clone; left out, it is `./dev test`. It needs root
# and debootstrap. MIRROR=URL names the archive to install from: debootstrap must be told where the
# keyring of the release's archive is not installed, as Ubuntu's on a Debian.
set -euo pipefail

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# An older debootstrap has no script for a newer release; those of one distribution hardly differ.
case "${1:-}" in
  bookworm)
    options=()
    script=sid
    ;;
  noble)
    options=(--components=main,universe)
    script=gutsy
    ;;
  *) fail "say bookworm or noble, then a folder, then the command if it is not ./dev test" ;;
esac
release="$1"
[[ -n "${2:-}" ]] || fail "say which folder gets the system"
((EUID == 0)) || fail "making a system needs root"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"
folder="$(mkdir -p "$2" && realpath "$2")"
shift 2
(($#)) || set -- ./dev test
tree="$(git -C "$(dirname "$0")" rev-parse --show-toplevel)"

if [[ ! -e "$folder/etc/$release.is_whole" ]]; then
  debootstrap --variant=minbase --include=git "${options[@]}" "$release" "$folder" \
    "${MIRROR:-}" "$script"
  touch "$folder/etc/$release.is_whole"
fi

leave() {
  mountpoint -q "$folder/proc" && umount "$folder/proc"
}
trap leave EXIT
mountpoint -q "$folder/proc" || mount -t proc proc "$folder/proc" || echo "without /proc" >&2

rm -rf "$folder/srv/oms"
git clone -q --no-hardlinks "$tree" "$folder/srv/oms"
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
  chroot "$folder" /bin/bash -c 'cd /srv/oms && exec "$@"' bash "$@"
