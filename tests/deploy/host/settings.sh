# shellcheck shell=bash disable=SC2034  # its variables are read by those who source it
# Sourced by the scripts beside it: where hosts live, and what a customer's server has before us.
#
# A test host is a real Debian 12 with systemd as its first process, booted by systemd-nspawn from
# an overlay of one cached image, in a network namespace without a way out. Root there is root
# here: only our own playbooks run in it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${EUGUARD_TESTHOST_CACHE:-/var/cache/euguard-testhost} # kept between runs
state=${EUGUARD_TESTHOST_STATE:-/var/tmp/euguard-testhost}   # one folder per running host
mirror=${EUGUARD_DEBIAN_MIRROR:-http://deb.debian.org/debian}
suite=bookworm
# What a customer's minimal Debian 12 server has; nothing of the kit.
packages=systemd,systemd-sysv,dbus,udev,libpam-systemd,python3,python3-apt,openssh-server,sudo
packages+=,nftables,iproute2,procps,ca-certificates,kmod,gpg,apt-utils,netbase
image_key=$(cat <(echo "$suite $packages") "$here/build_base.sh" | sha256sum | cut -c1-16)
base=$cache/base-$image_key

fail() {
  echo "test host: $*" >&2
  exit 1
}

need() {
  command -v "$1" >/dev/null || fail "missing $1: bash deploy/demo/packages.sh tests"
}

named() { # named NAME: its state folder is $host from here on
  [[ "$1" =~ ^[a-z][a-z0-9]{0,7}$ ]] || fail "a name has 1 to 8 lower-case letters and digits"
  name=$1
  host=$state/$name
}

loop_of() { # loop_of HOST-FOLDER: the process that boots and reboots it, if it still runs
  local pid
  pid=$(cat "$1/loop.pid" 2>/dev/null) || return 0
  if (tr '\0' ' ' <"/proc/$pid/cmdline") 2>/dev/null | grep -q "boot_loop.sh $(basename "$1")"; then
    echo "$pid"
  fi
}

power_off() { # power_off HOST-FOLDER SECONDS: cleanly; fails if it does not stop in time
  local pid nspawn
  pid=$(loop_of "$1")
  [ -n "$pid" ] || return 0
  nspawn=$(awk '{print $1}' "/proc/$pid/task/$pid/children" 2>/dev/null || true)
  if [ -n "$nspawn" ]; then kill -TERM "$nspawn" 2>/dev/null || true; fi
  for _ in $(seq 1 $(($2 * 10))); do
    [ -d "/proc/$pid" ] || return 0
    sleep 0.1
  done
  return 1
}
