#!/usr/bin/env bash
# Every test but the long ones, and the coverage of the money path.
#
# In two halves side by side: the tests that start whole systems (gateway, vLLM, demo) mostly
# wait, the others mostly compute. With arguments (files, -k …) they are pytest's, in one run.
set -euo pipefail
cd "$(dirname "$0")/.."

coverage=.venv/bin/coverage
measured=("$coverage" run -p -m pytest -m "not long")
systems=(tests/demo tests/e2e tests/engine)

"$coverage" erase
status=0
if (($#)); then
  "${measured[@]}" "$@" || status=$?
else
  # Line by line, so that the two do not write into each other's lines.
  "${measured[@]}" "${systems[@]}" > >(sed -u 's/^/systems: /') 2>&1 &
  other=$!
  trap 'kill "$other" 2>/dev/null || true' EXIT
  "${measured[@]}" "${systems[@]/#/--ignore=}" || status=$?
  wait "$other" || status=$?
  trap - EXIT
fi
"$coverage" combine -q
"$coverage" report || status=$?
exit "$status"
