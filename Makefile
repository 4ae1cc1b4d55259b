.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

# The environment is ready when its stamp is newer than the lock file that it was made from.
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

# Compiled modules are kept also where the environment says not to: without them each of the many processes that
# `up` and the tests start compiles the libraries anew, and pytest rewrites every test file at each run.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help up test test-fast test-long check format bench lock schemas boards clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

up: $(RUNTIME) ## Run everything on this machine (ARGS="--source p2000=FILE ...")
	@exec $(BIN)/wijkbeeld up $(ARGS)

test: $(DEV) ## Run all tests
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -q -n auto --dist loadscope -m "not long" $(ARGS)

test-fast: $(DEV) ## Run the tests that need no broker and no database, half a minute
	$(BIN)/python -m pytest -q -n auto --dist loadscope -m "not integration and not slow" $(ARGS)

test-long: $(DEV) ## Run the longest fault tests, then a steady load for an hour (ARGS="--minutes 5" for less)
	$(BIN)/python -m pytest -q -m long
	$(BIN)/python -m benchmarks.soak $(ARGS)

check: $(DEV) ## Check formatting, style, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## Format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV) ## Run the benchmarks (ARGS="--help" shows the parts)
	$(BIN)/python -m benchmarks $(ARGS)

lock: $(DEV) ## Renew the lock files from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header -q -o requirements/dev.lock
	$(BIN)/uv pip compile pyproject.toml -c requirements/dev.lock --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -q -o requirements/runtime.lock

schemas: $(DEV) ## Write the JSON Schemas to docs/schemas
	$(BIN)/wijkbeeld schemas write docs/schemas

boards: $(DEV) ## Render the Grafana boards and their provisioning
	$(BIN)/wijkbeeld dashboards render

clean: ## Remove the environment, caches and results (not your data)
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache bench-results

$(VENV)/bin/uv: requirements/bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Wijkbeeld needs Python 3.11 or newer; set PYTHON=python3.x")'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@touch $@

$(RUNTIME): $(VENV)/bin/uv requirements/runtime.lock pyproject.toml
	@echo "Installing what Wijkbeeld runs on ..."
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/runtime.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(VENV)/bin/uv requirements/dev.lock pyproject.toml
	@echo "Installing what the tests need ..."
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@ $(RUNTIME)
