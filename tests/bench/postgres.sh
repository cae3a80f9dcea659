#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A PostgreSQL of the bench's own, as a peer:
#   postgres.sh FOLDER start | rows CLIENTS SECONDS | stop
# It listens on a socket in its folder alone, and is as durable as it is when it is installed.
set -euo pipefail
folder="$1"
shift

readonly row_bytes=600
binaries="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)"
[[ -n "$binaries" ]] && command -v pgbench >/dev/null || exit 3

# It refuses to run as root.
as_somebody=()
if ((EUID == 0)); then
  id postgres >/dev/null 2>&1 || exit 3
  as_somebody=(setpriv --reuid postgres --regid postgres --clear-groups)
fi
pg() { (cd "$folder" && "${as_somebody[@]}" "$@"); }

case "$1" in
  start)
    mkdir -p "$folder"
    ((EUID != 0)) || chown postgres "$folder"
    pg "$binaries/initdb" -D "$folder/data" -A trust -U bench >/dev/null 2>&1 || exit 3
    pg "$binaries/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
      -o "-c listen_addresses= -c unix_socket_directories='$folder'" start >/dev/null || exit 3
    pg "$binaries/psql" -q -h "$folder" -U bench postgres \
      -c 'CREATE TABLE orders (id bigserial PRIMARY KEY, body text NOT NULL)'
    echo "INSERT INTO orders (body) VALUES (repeat('x', $row_bytes));" >"$folder/row.sql"
    echo started
    ;;
  rows)
    pg pgbench -n -M prepared -h "$folder" -U bench -f "$folder/row.sql" -c "$2" -j 2 -T "$3" \
      postgres 2>/dev/null | sed -n 's/^tps = \([0-9.]*\).*/\1/p'
    ;;
  stop) pg "$binaries/pg_ctl" -D "$folder/data" -m fast stop >/dev/null ;;
esac
