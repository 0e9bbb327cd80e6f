# Sourced by python.sh and engine/install.sh, which set `who` and `venv`: how pip is run.
# pip says much that nobody needs, about sources that lack a package for one. It goes to a log,
# and a failure shows the end of it.

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONNOUSERSITE=1
log=$venv/install.log

say() { echo "$who: $* (${SECONDS} s)"; }
fail() {
  echo "$who: $*" >&2
  exit 1
}
fail_at_pip() {
  echo "$who: $*; the end of $log:" >&2
  tail -n 8 "$log" | sed 's/^/  /' >&2
  exit 1
}
# pip ends like a failure when it is interrupted; bash runs this before it looks at that.
trap 'echo "$who: interrupted; the same command goes on from here" >&2; exit 130' INT

pip() {
  "$venv/bin/python" -m pip "$@" 2>>"$log"
}

pip_install_lock() { # pip_install_lock LOCK [OPTION…]: all of a lock, hashes checked, with progress
  local lock=$1 total count=0
  shift
  total=$(grep -cE '^[a-z0-9]' "$lock")
  say "$total packages, hashes checked …"
  pip install --require-hashes "$@" -r "$lock" | while read -r line; do
    case $line in
      Collecting\ * | Requirement\ already\ *)
        count=$((count + 1))
        if [ $((count % 30)) -eq 0 ]; then say "  $count of about $total"; fi
        ;;
      Installing\ *) say "  unpacking and compiling to bytecode …" ;;
    esac
  done || fail_at_pip "the packages could not be installed"
}
