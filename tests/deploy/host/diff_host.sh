#!/usr/bin/env bash
# diff_host.sh NAME: every path that the host has added (A), changed (M) or deleted (D) since its
# image, read from the overlay: the honest check that an uninstall leaves nothing. What every boot
# touches is left out.
# shellcheck source=tests/deploy/host/settings.sh
. "$(dirname "$0")/settings.sh"
named "${1:?usage: diff_host.sh NAME}"
[ -d "$host/up" ] || fail "there is no host $name"

kept=$(sed "s|:*$base\$||" "$host/layers")
passing=(tmp run var/tmp var/log/journal var/lib/systemd home/ops/.ssh home/ops/.ansible)
passing+=(var/cache/apt var/cache/ldconfig)
prune=()
for each in "${passing[@]}"; do prune+=(-path "$host/up/$each" -o -path "$kept/$each" -o); done
unset 'prune[-1]'

of_every_boot() {
  case "$1" in
    etc/machine-id | etc/hostname | etc/hosts | etc/ssh/ssh_host_* | etc/resolv.conf) true ;;
    etc/.updated | var/.updated | var/log/wtmp | var/log/lastlog | var/log/btmp | root) true ;;
    *) false ;;
  esac
}

list() { # list LAYER: kind and path of all in it
  find "$1" -mindepth 1 \( "${prune[@]}" \) -prune -o -printf "%y %P\t$1\n" |
    while IFS=$'\t' read -r line layer; do
      # A character device 0:0 is how an overlay says "gone".
      if [ "${line%% *}" = c ] && [ "$(stat -c %t:%T "$layer/${line#* }")" = 0:0 ]; then
        line="gone ${line#* }"
      fi
      printf '%s\t%s\n' "$line" "$layer"
    done
}

upper_wins() { # of two layers that have a path, the first one's; nothing below what is gone
  awk -F '\t' '{
    path = substr($1, index($1, " ") + 1)
    if (path in seen) next
    for (above = path; sub("/[^/]*$", "", above);) if (above in gone) next
    seen[path] = 1
    if ($1 ~ /^gone /) gone[path] = 1
    print
  }'
}

compare() { # compare KIND PATH LAYER: say how it differs from the image
  local there=$3/$2 before=$base/$2
  case "$1" in
    gone) [ ! -e "$before" ] || echo "D $2" ;;
    d) [ -e "$before" ] || echo "A $2/" ;;
    l)
      if [ ! -L "$before" ]; then
        echo "A $2"
      elif [ "$(readlink "$there")" != "$(readlink "$before")" ]; then
        echo "M $2"
      fi
      ;;
    *)
      if [ ! -e "$before" ]; then
        echo "A $2"
      elif ! cmp -s "$there" "$before"; then
        echo "M $2"
      fi
      ;;
  esac
}

{
  list "$host/up"
  if [ -n "$kept" ]; then list "$kept"; fi
} | upper_wins | sort -k2 | while IFS=$'\t' read -r line layer; do
  if ! of_every_boot "${line#* }"; then compare "${line%% *}" "${line#* }" "$layer"; fi
done
