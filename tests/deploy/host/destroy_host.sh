#!/usr/bin/env bash
# destroy_host.sh NAME: power the host off and remove every trace of it; the image stays.
# shellcheck source=tests/deploy/host/settings.sh
. "$(dirname "$0")/settings.sh"
named "${1:?usage: destroy_host.sh NAME}"

if ! power_off "$host" 15; then
  pid=$(loop_of "$host")
  nspawn=$(awk '{print $1}' "/proc/$pid/task/$pid/children" 2>/dev/null || true)
  kill -KILL "$pid" ${nspawn:+"$nspawn"} 2>/dev/null || true
fi
for namespace in "eu-$name" "euctl-$name"; do
  [ -e "/run/netns/$namespace" ] || continue
  for pid in $(ip netns pids "$namespace"); do kill "$pid" 2>/dev/null || true; done
  ip netns del "$namespace"
done
group=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/mounts)/euguard-$name
if [ -d "$group" ]; then
  if [ -w "$group/cgroup.kill" ]; then echo 1 >"$group/cgroup.kill" || true; fi
  for _ in $(seq 1 5); do
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
    sleep 0.2
  done
fi
rm -rf --one-file-system "$host"
