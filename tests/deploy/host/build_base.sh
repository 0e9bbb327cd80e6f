#!/usr/bin/env bash
# build_base.sh: make the image that every host is an overlay of; about 80 s, then 0 s from the cache.
# shellcheck source=tests/deploy/host/settings.sh
. "$(dirname "$0")/settings.sh"
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # two test runs on one machine make it once
if [ -f "$base/.complete" ]; then
  echo "$base"
  exit 0
fi
need mmdebstrap
rm -rf "$base" "$base.new"
# The customer's administrator: ssh by key, sudo. /etc/apt knows no source: there is no way out.
# shellcheck disable=SC2016  # $1 is the image's folder, in the shell of the hook
mmdebstrap --quiet --variant=minbase --mode=root --include="$packages" \
  --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --customize-hook='chroot "$1" useradd -m -s /bin/bash -G sudo ops' \
  --customize-hook='echo "ops ALL=(ALL) NOPASSWD:ALL" >"$1/etc/sudoers.d/ops"; chmod 440 "$1/etc/sudoers.d/ops"' \
  --customize-hook='printf "PasswordAuthentication no\nPermitRootLogin prohibit-password\n" >"$1/etc/ssh/sshd_config.d/00-testhost.conf"' \
  --customize-hook='rm -f "$1"/etc/apt/sources.list.d/*; : >"$1/etc/apt/sources.list"' \
  --customize-hook='chroot "$1" systemctl mask systemd-timesyncd.service getty.target console-getty.service >/dev/null 2>&1 || true' \
  "$suite" "$base.new" "$mirror" >&2
mkdir -p "$base.new/var/log/journal" # the journal outlives a reboot
touch "$base.new/.complete"
mv "$base.new" "$base"
echo "$base"
