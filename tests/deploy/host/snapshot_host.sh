#!/usr/bin/env bash
# snapshot_host.sh NAME FOLDER: stop the host and keep its state, of which make_host.sh OTHER
# --from FOLDER boots copies: install once, then try upgrade, rollback and uninstall each on its own.
# shellcheck source=tests/deploy/host/settings.sh
. "$(dirname "$0")/settings.sh"
named "${1:?usage: snapshot_host.sh NAME FOLDER}"
kept=${2:?usage: snapshot_host.sh NAME FOLDER}
[ -d "$host" ] || fail "there is no host $name"
[ -e "$kept" ] && fail "$kept exists"
power_off "$host" 60 || fail "$name does not stop"
[ "$(cat "$host/layers")" = "$base" ] || fail "$name was itself made from what was kept"
mv "$host/up" "$kept"
"$here/destroy_host.sh" "$name"
