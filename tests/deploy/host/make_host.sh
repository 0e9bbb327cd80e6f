#!/usr/bin/env bash
# make_host.sh NAME [OPTION…]: boot a throwaway Debian 12; 1 to 3 s. Prints its folder, which holds
# ssh_config (ssh -F FOLDER/ssh_config NAME) and inventory.yml.
#   --from FOLDER           start from what snapshot_host.sh kept, which stays as it is
#   --bind-ro SOURCE[:PATH] a folder of this machine that the host sees read-only; repeatable
#   --overlay FOLDER        files to put into the host before it boots; repeatable
# shellcheck source=tests/deploy/host/settings.sh
. "$(dirname "$0")/settings.sh"
named "${1:?usage: make_host.sh NAME [OPTION…]}"
shift
from=
binds=()
overlays=()
while [ $# -gt 0 ]; do
  case "$1" in
    --from) from=$2 ;;
    --bind-ro) binds+=("--bind-ro=$2") ;;
    --overlay) overlays+=("$2") ;;
    *) fail "unknown option $1" ;;
  esac
  shift 2
done
for program in systemd-nspawn unshare ip ssh ssh-keygen; do need "$program"; done
[ "$(id -u)" = 0 ] || fail "only root can boot a host"
[ -e "$host" ] && fail "$name is there already: destroy_host.sh $name"
"$here/build_base.sh" >/dev/null

mkdir -p "$host"/{up,work,root}
chmod 700 "$host"
abandon() { # half a host is worse than none
  local status=$?
  [ "$status" = 0 ] || "$here/destroy_host.sh" "$name" >&2 || true
  exit "$status"
}
trap abandon EXIT

lay_files() {
  local each
  echo "${from:+$(realpath "$from"):}$base" >"$host/layers" # what was kept is shared, not copied
  for each in "${overlays[@]}"; do cp -a "$each/." "$host/up/"; done
  printf '%s\n' "${binds[@]}" >"$host/binds"
  mkdir -p "$host/up/etc"
  echo "$name" >"$host/up/etc/hostname"
  printf '127.0.0.1 localhost\n10.77.0.2 %s\n' "$name" >"$host/up/etc/hosts"
}

connect() { # eu-NAME is the host; euctl-NAME its operator, and a pretended internet (RFC 5737, 3849)
  local inside=(ip -n "eu-$name") outside=(ip -n "euctl-$name")
  ip netns add "eu-$name"
  ip netns add "euctl-$name"
  "${outside[@]}" link add ctl0 type veth peer name eth0 netns "eu-$name"
  "${outside[@]}" addr add 10.77.0.1/24 dev ctl0
  "${outside[@]}" -6 addr add fd77::1/64 dev ctl0 nodad
  "${outside[@]}" addr add 198.51.100.10/32 dev lo
  "${outside[@]}" -6 addr add 2001:db8::10/128 dev lo
  "${outside[@]}" link set ctl0 up
  "${outside[@]}" link set lo up
  "${inside[@]}" addr add 10.77.0.2/24 dev eth0
  "${inside[@]}" -6 addr add fd77::2/64 dev eth0 nodad
  "${inside[@]}" link set lo up
  "${inside[@]}" link set eth0 up
  "${inside[@]}" route add default via 10.77.0.1
  "${inside[@]}" -6 route add default via fd77::1
}

exchange_keys() { # the operator's key there, the host's key here: nothing is trusted at first sight
  local up=$host/up owner
  ssh-keygen -q -t ed25519 -N '' -C "operator of $name" -f "$host/id"
  mkdir -p "$up/etc/ssh" "$up/home/ops/.ssh"
  rm -f "$up"/etc/ssh/ssh_host_ed25519_key*
  ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$up/etc/ssh/ssh_host_ed25519_key"
  install -m 600 "$host/id.pub" "$up/home/ops/.ssh/authorized_keys"
  chmod 700 "$up/home/ops/.ssh"
  owner=$(awk -F: '$1 == "ops" {print $3 ":" $4}' "$base/etc/passwd")
  chown -R "$owner" "$up/home/ops"
  echo "10.77.0.2 $(cut -d' ' -f1,2 "$up/etc/ssh/ssh_host_ed25519_key.pub")" >"$host/known_hosts"
}

say_how_to_reach() {
  cat >"$host/ssh_config" <<CONFIG
Host $name
  HostName 10.77.0.2
  User ops
  IdentityFile $host/id
  IdentitiesOnly yes
  UserKnownHostsFile $host/known_hosts
  StrictHostKeyChecking yes
  ConnectTimeout 5
  ProxyCommand $here/netns_pipe.py euctl-$name %h %p
CONFIG
  cat >"$host/inventory.yml" <<INVENTORY
all:
  hosts:
    $name:
      ansible_ssh_common_args: "-F $host/ssh_config"
      ansible_python_interpreter: /usr/bin/python3
  children:
    database: {hosts: {$name: }}
    engine: {hosts: {$name: }}
    gateway: {hosts: {$name: }}
INVENTORY
}

await_boot() {
  for _ in $(seq 1 150); do
    # "degraded" ends with 1 and is booted too; ssh itself ends with 255.
    ssh -F "$host/ssh_config" -o LogLevel=ERROR "$name" \
      'systemctl is-system-running --wait || true' >"$host/running" 2>/dev/null && return
    if grep -q '^exit' "$host/boots" 2>/dev/null; then
      cat "$host/console.log" "$host/loop.log" >&2
      fail "$name stopped while it booted"
    fi
    sleep 0.2
  done
  fail "$name does not answer"
}

lay_files
connect
exchange_keys
say_how_to_reach
setsid unshare --mount --propagation private "$here/boot_loop.sh" "$name" \
  </dev/null >"$host/loop.log" 2>&1 9>&- &
await_boot
echo "$host"
