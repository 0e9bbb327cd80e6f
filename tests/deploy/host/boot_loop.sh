#!/usr/bin/env bash
# boot_loop.sh NAME: boot the host, and boot it again whenever it asks for a reboot.
#
# Started by make_host.sh in a mount namespace of its own, where this machine's mounts stay as they
# are: systemd in the host wants one unified cgroup tree, and this machine may have the old ones.
# shellcheck source=tests/deploy/host/settings.sh
. "$(dirname "$0")/settings.sh"
named "$1"
echo "$$" >"$host/loop.pid"

umount --recursive /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p "/sys/fs/cgroup/euguard-$name"
echo "$$" >"/sys/fs/cgroup/euguard-$name/cgroup.procs"
mount -t overlay overlay -o "lowerdir=$(cat "$host/layers"),upperdir=$host/up,workdir=$host/work" "$host/root"

mapfile -t binds < <(grep . "$host/binds" || true)
asked_to_reboot=133
status=$asked_to_reboot
while [ "$status" -eq "$asked_to_reboot" ]; do
  echo "boot" >>"$host/boots"
  status=0
  # CAP_BPF and bpf(): without them IPAddressDeny= and DeviceAllow= do nothing, and say nothing.
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --quiet --boot --register=no --keep-unit \
    --machine="$name" --directory="$host/root" --link-journal=no --console=read-only \
    --network-namespace-path="/run/netns/eu-$name" --resolv-conf=off --timezone=off \
    --capability=CAP_BPF,CAP_NET_ADMIN --system-call-filter="bpf keyctl add_key request_key" \
    "${binds[@]}" </dev/null >>"$host/console.log" 2>&1 || status=$?
done
echo "exit $status" >>"$host/boots"
