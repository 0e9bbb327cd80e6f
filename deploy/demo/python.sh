#!/usr/bin/env bash
# Install euguard and all its Python packages, the developers' too, in a virtual environment.
#
#   python.sh VENV                       PYTHON=python3.12 python.sh VENV
#
# An interrupted run goes on where it stopped.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$here/../..
venv=${1:?usage: python.sh VENV}
who=euguard
# shellcheck source=deploy/demo/pip.sh
. "$here/pip.sh"

say "its Python packages, about a minute …"
"${PYTHON:-python3}" -m venv "$venv"
pip_install_lock "$repository/requirements.lock"
pip install -q --no-deps --no-build-isolation -e "$repository" ||
  fail_at_pip "euguard itself could not be installed"
say "its Python packages are in $venv"
