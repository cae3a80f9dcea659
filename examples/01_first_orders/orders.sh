#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A share order by the command line, a shop order over HTTP, both followed to their end.
#
#   examples/01_first_orders/orders.sh          while `./dev run` runs in another terminal
set -euo pipefail
cd "$(dirname "$0")/../.."
oms="${OMS:-build/dev/bin/oms}"
url="${OMS_URL:-http://localhost:8080}"

say() { printf '\n== %s\n' "$*"; }

# post KEY FILE: the file as an order; prints the answer, and ends the script when it is a refusal.
post() {
  curl --silent --show-error --fail-with-body "$url/v1/orders" \
    -H "Idempotency-Key: $1" --json "@$2"
}

say "a share order: 500 ACME at 10.40 or better"
# The order's number is all that goes to standard output; words for people go to standard error.
share="$("$oms" order new --kind trade --account desk --buy 500 ACME --limit 10.40 --tif day)"
"$oms" order show "$share" --follow

say "a shop order: two pairs of shoes, and the money that is owed for them"
# A key makes a request safe to send again: whatever happened to the answer, it is done once.
key="${OMS_KEY:-basket-$(date +%s)}"
first="$(post "$key" examples/01_first_orders/shop_order.json)"
again="$(post "$key" examples/01_first_orders/shop_order.json)"
printf '%s\n' "$first"
[[ "$first" == "$again" ]] || { say "the second answer differs: $again" && exit 1; }
"$oms" order show "$key" --origin web --follow

say "another order under the same key is refused"
post "$key" examples/01_first_orders/another_order.json && exit 1

say "what the two have come to"
"$oms" order list --all
"$oms" balances --account shop
