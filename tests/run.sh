#!/usr/bin/env bash
# Every test but the long ones and those that boot hosts, and the coverage of the money path.
#
# In two halves side by side: the tests that start whole systems (gateway, vLLM, demo) mostly
# wait, the others mostly compute. With arguments (files, -k …) they are pytest's, in one run.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python
coverage=.venv/bin/coverage
pytest=(-m pytest -m "not long and not host")
systems=(tests/demo tests/e2e tests/engine)

status=0
if (($#)); then
  "$coverage" run "${pytest[@]}" "$@" || status=$?
else
  # Line by line, so that the two do not write into each other's lines. Bash lets what runs in
  # the background ignore Ctrl-C, and so would all that it starts.
  env --default-signal=INT "$python" "${pytest[@]}" "${systems[@]}" \
    > >(sed -u 's/^/systems: /') 2>&1 &
  other=$!
  trap 'kill "$other" 2>/dev/null || true' EXIT
  "$coverage" run "${pytest[@]}" "${systems[@]/#/--ignore=}" || status=$?
  wait "$other" || status=$?
  trap - EXIT
fi
"$coverage" report || status=$?
exit "$status"
