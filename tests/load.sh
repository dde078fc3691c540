#!/bin/bash
# How fast signals are taken in: a demo of this checkout's release build, driven by `lastmile load` on the same machine.
#
#   tests/load.sh [SECONDS]        LASTMILE_BIN: another binary; LASTMILE_DATA_DIR: a demo's folder that is there already
#
# Prints, in this order: the bare batched insert of the same rows (the yardstick), events through the whole server with
# synchronous=FULL, the same with one link flooded beside it, and 5,000 idle streams.
set -eu
seconds=${1:-20}
root=$(cd "$(dirname "$0")/.." && pwd)
bin=${LASTMILE_BIN:-$root/target/release/lastmile}
folder=${LASTMILE_DATA_DIR:-$(mktemp -d)}
port=${LASTMILE_PORT:-8191}
url=http://127.0.0.1:$port
# The server takes every LASTMILE_ variable for a setting, and these are not.
unset LASTMILE_BIN LASTMILE_PORT
ulimit -n "$(ulimit -Hn)"

cd "$root"
LASTMILE_DATA_DIR=$folder LASTMILE_LISTEN=127.0.0.1:$port RUST_LOG=warn "$bin" demo >/dev/null 2>"$folder/load.log" &
server=$!
trap 'kill $server; wait $server 2>/dev/null || true' EXIT
until curl -sf "$url/readyz" >/dev/null; do
  kill -0 $server 2>/dev/null || { cat "$folder/load.log" >&2; exit 1; }
  sleep 0.5
done

sign_in() {
  curl -sf "$url/api/v1/session" -H 'content-type: application/json' \
    -d "{\"email\":\"$1@lastmile.example\",\"password\":\"lastmile-demo\"}" | sed -E 's/.*"access_token":"([^"]+)".*/\1/'
}
rep=$(sign_in rep)
admin=$(sign_in admin)
# A pitch of a deal of the rep's own: others' take no links from them.
deals=$(curl -sf "$url/api/v1/opportunities?owner=me&limit=50" -H "authorization: Bearer $rep" | grep -oE '\{"id":"[0-9a-f-]{36}","name":' | cut -d'"' -f4)
for deal in $deals; do
  pitch=$(curl -sf "$url/api/v1/pitches?opportunity=$deal&limit=1" -H "authorization: Bearer $rep" | sed -nE 's/^\{"items":\[\{"id":"([^"]+)".*/\1/p')
  [ -z "$pitch" ] || break
done
for _ in 1 2 3; do
  recipients=$(printf '{"name":"Load"},%.0s' $(seq 20))
  curl -sf "$url/api/v1/pitches/$pitch/links" -H "authorization: Bearer $rep" -H 'content-type: application/json' \
    -H "idempotency-key: $(cat /proc/sys/kernel/random/uuid)" -d "{\"recipients\":[${recipients%,}]}"
done | grep -o '"url":"[^"]*"' | sed -E 's|.*/p/([^"]+)"|\1|' >"$folder/links"
tail -n +2 "$folder/links" >"$folder/others"
flooded=$(head -n 1 "$folder/links")

echo "== bare insert of the same rows"
"$bin" load --mode bare --seconds 5
echo "== events, $(wc -l <"$folder/links") links"
"$bin" load --url "$url" --token-file "$folder/links" --clients 40 --seconds "$seconds" --pid $server --bearer "$admin"
echo "== calm: 8 visitors of other links"
"$bin" load --url "$url" --token-file "$folder/others" --clients 8 --seconds 8
echo "== the same while one link is flooded"
"$bin" load --url "$url" --token "$flooded" --clients 64 --seconds 10 >"$folder/flood" &
flood=$!
sleep 1
"$bin" load --url "$url" --token-file "$folder/others" --clients 8 --seconds 8
wait $flood
echo "-- the flooded link:"
cat "$folder/flood"
echo "== 5,000 idle streams"
"$bin" load --mode idle --url "$url" --clients 5000 --seconds 10 --pid $server --bearer "$admin"
