# euguard: two commands on a fresh Debian 12 or Ubuntu 24.04 — `make demo` and `make test`.
# Every target sets up what it needs, says so, resumes after Ctrl-C, and is quick the second time.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

.PHONY: help demo test test-long test-hosts check bench mutants docs lock wheel clean
help:            ## list the targets
	@grep -hE '^[a-z%-]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/\t/' | column -ts $$'\t'

demo: .venv/ready .engine/ready   ## the whole journey on real vLLM: ask, pseudonymise, record, verify, document
	@$(BIN)/python -m deploy.demo.run $(ARGS)

test: .venv/ready .engine/ready .venv/packages check   ## everything that is checked on every change
	@bash tests/run.sh $(ARGS)

test-long: .venv/ready .engine/ready .venv/packages   ## the long forms: 500 kills, every bit, many damaged exports
	@$(BIN)/python -m pytest -m long $(ARGS)

test-hosts: .venv/ready .engine/ready .venv/packages   ## boot a Debian in systemd-nspawn, and install on it; as root
	@$(BIN)/python -m pytest -m "host and not long" $(ARGS)

check: .venv/ready   ## style, types, architecture, policies, playbooks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/euguard policy test policies
	@cd deploy && PATH="$(abspath $(BIN)):$$PATH" && yamllint --strict . && ansible-lint --offline -q

bench: $(patsubst tests/benchmarks/%.py,bench-%,$(wildcard tests/benchmarks/*.py))   ## print speed and memory figures

bench-%: .venv/ready   ## print the figures of one: make bench-exchange
	@echo "== $*"
	@PYTHONPATH=.:tests $(BIN)/python tests/benchmarks/$*.py $(ARGS)

bench-spelling: .engine/ready

mutants: .venv/ready   ## change the money path in small ways and list what no test notices
	@PYTHONPATH=mutants/src:mutants/tests:mutants $(BIN)/mutmut run $(ARGS)
	@$(BIN)/mutmut results

docs: .venv/ready   ## write the generated pages of docs/reference
	@$(BIN)/python docs/reference/generate.py

COMPILE = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command "make lock" pyproject.toml

lock:            ## resolve every dependency anew, with hashes; the server's are a part of all
	@$(COMPILE) $(addprefix --extra ,gateway pii postgres documents pdf deploy gpu demo dev) -o requirements.lock
	@$(COMPILE) $(addprefix --extra ,gateway pii postgres documents gpu) -c requirements.lock -o requirements.server.lock

wheel: .venv/ready   ## write euguard's wheel to dist/, to carry to a server
	@$(BIN)/python -m pip wheel -q --no-deps --no-build-isolation -w dist .

clean:           ## remove everything that make made
	rm -rf .venv .engine .euguard .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* mutants

.venv/ready: requirements.lock pyproject.toml
	@bash deploy/demo/packages.sh python
	@PYTHON=$(PYTHON) bash deploy/demo/python.sh .venv
	@touch $@

.venv/packages: deploy/demo/packages.sh
	@bash deploy/demo/packages.sh tests
	@touch $@

.engine/ready: deploy/demo/engine/requirements.lock $(wildcard deploy/demo/engine/*.py) deploy/demo/engine/install.sh
	@bash deploy/demo/engine/install.sh .engine/venv
	@.engine/venv/bin/python -m deploy.demo.engine.echo_model .engine/models/echo
	@touch $@
