#!/usr/bin/env bash
# Install the Debian packages that a target needs, and only those that are missing.
#   packages.sh python|tests
set -euo pipefail
trap 'echo "euguard: interrupted; the same command goes on from here" >&2; exit 130' INT

declare -A wanted=()
need() { # need PROGRAM-OR-TEST PACKAGE: the package is wanted if the test fails
  eval "$1" >/dev/null 2>&1 || wanted[$2]=1
}

case "${1:?python or tests}" in
  python)
    need 'python3 -c "import sys; assert sys.version_info >= (3, 11)"' python3
    need 'python3 -c "import ensurepip, venv"' python3-venv
    ;;
  tests)
    need 'command -v cc' gcc
    need 'echo "#include <stdio.h>" | cc -E -' libc6-dev
    need 'command -v openssl' openssl
    need 'command -v initdb || ls /usr/lib/postgresql/*/bin/initdb' postgresql
    need 'command -v mkfs.ext4 || test -x /sbin/mkfs.ext4' e2fsprogs
    need 'command -v setpriv' util-linux
    need 'ls /usr/lib/*/libpango-1.0.so.0' libpango-1.0-0
    need 'ls /usr/lib/*/libpangoft2-1.0.so.0' libpangoft2-1.0-0
    need 'ls /usr/lib/*/libharfbuzz-subset.so.0' libharfbuzz-subset0
    need 'ls /usr/share/fonts/truetype/*/*.ttf' fonts-dejavu-core
    # The booted hosts of tests/deploy, and the signed package index of their bundle.
    need 'command -v mmdebstrap' mmdebstrap
    need 'command -v systemd-nspawn' systemd-container
    need 'command -v ip' iproute2
    need 'command -v ssh' openssh-client
    need 'command -v gpg' gpg
    need 'command -v dpkg-scanpackages' dpkg-dev
    ;;
  *)
    echo "packages.sh: unknown set: $1" >&2
    exit 2
    ;;
esac

[ "${#wanted[@]}" -eq 0 ] && exit 0
echo "euguard: installing Debian packages: ${!wanted[*]}"
run=()
if [ "$(id -u)" -ne 0 ]; then run=(sudo); fi
"${run[@]}" apt-get update -q
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${!wanted[@]}"
