#!/usr/bin/env bash
# diff_host.sh NAME: every path that the host has added (A), changed (M) or deleted (D) since its
# image, read from the overlay: the honest check that an uninstall leaves nothing. What every boot
# touches is left out.
# shellcheck source=tests/deploy/host/settings.sh
. "$(dirname "$0")/settings.sh"
named "${1:?usage: diff_host.sh NAME}"
[ -d "$host/up" ] || fail "there is no host $name"
cd "$host/up"

passing=(tmp run var/tmp var/log/journal var/lib/systemd home/ops/.ssh home/ops/.ansible)
passing+=(var/cache/apt var/cache/ldconfig)
prune=()
for each in "${passing[@]}"; do prune+=(-path "./$each" -o); done
unset 'prune[-1]'

of_every_boot() {
  case "$1" in
    etc/machine-id | etc/hostname | etc/hosts | etc/ssh/ssh_host_* | etc/resolv.conf) true ;;
    etc/.updated | var/.updated | var/log/wtmp | var/log/lastlog | var/log/btmp | root) true ;;
    *) false ;;
  esac
}

find . -mindepth 1 \( "${prune[@]}" \) -prune -o -printf '%y %P\n' | sort -k2 |
  while read -r kind path; do
    if of_every_boot "$path"; then continue; fi
    if [ "$kind" = d ]; then
      [ -e "$base/$path" ] || echo "A $path/"
    elif [ "$kind" = c ] && [ "$(stat -c %t:%T "$path")" = 0:0 ]; then # how overlays say "gone"
      echo "D $path"
    elif [ ! -e "$base/$path" ] && [ ! -L "$base/$path" ]; then
      echo "A $path"
    elif [ "$kind" = l ] && [ -L "$base/$path" ]; then
      [ "$(readlink "$path")" = "$(readlink "$base/$path")" ] || echo "M $path"
    elif ! cmp -s "$path" "$base/$path"; then
      echo "M $path"
    fi
  done
