# Marquee: `make run`, `make test`; `make help` says what else there is.
PYTHON ?= python3
BIN := .venv/bin
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm
PYTEST := $(BIN)/python -m pytest
# one more than the two cores that they are meant for, since tests wait for a third of their time
WORKERS ?= 3

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# LightFM built for any processor, without -ffast-math: its models must not depend on where it was built
export LIGHTFM_NO_CFLAGS := 1

.DEFAULT_GOAL := help
.PHONY: help run test soak bench check format graph contract lock node web clean

help: ## Says what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/installed web/dist/built ## Runs everything on this machine; Ctrl-C stops it
	@$(BIN)/marquee run

test: .venv/installed node web/dist/built ## Runs the tests on real Postgres and Valkey
	cd web && $(NPM) test --silent
	$(PYTEST) -n $(WORKERS) --dist loadfile --durations 20

soak: .venv/installed node web/dist/built ## Runs the long cases at their full counts
	MARQUEE_SOAK=1 $(PYTEST) -m soak -s

bench: .venv/installed ## Measures, each figure beside a baseline of the same run
	$(BIN)/python -m benchmarks

check: .venv/installed node ## Lints, types, layers, and the freshness of what is generated
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/marquee graph --check
	$(BIN)/marquee contract --check
	cd web && $(NPM) run check

format: .venv/installed ## Formats the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

graph: .venv/installed node ## Writes schema/sdl/ from the code
	$(BIN)/marquee graph

contract: .venv/installed ## Prints what of the public contract is not served yet
	@$(BIN)/marquee contract

lock: ## Resolves requirements.lock anew (needs uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 \
		--custom-compile-command "make lock" --extra dev -o requirements.lock pyproject.toml

node: deploy/router/node_modules/installed tests/browser/node_modules/installed tests/clients/node_modules/installed web/node_modules/installed ## Installs the npm packages

web: web/dist/built ## Builds GraphiQL and the watch page

clean: ## Removes what was built and installed, but no data
	rm -rf .venv web/dist web/node_modules deploy/router/node_modules tests/*/node_modules *.egg-info

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Marquee needs Python 3.11 or later; this is " + sys.version.split()[0] + ": set PYTHON." if sys.version_info < (3, 11) else 0)'
	@echo "Installing the requirements into .venv (once)"
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --progress-bar off --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

%/node_modules/installed: %/package-lock.json .venv/installed
	@echo "Installing the npm packages of $*"
	cd $* && $(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/built: web/node_modules/installed web/package.json web/vite.config.ts $(wildcard web/*.html) $(shell find web/src web/public -type f 2>/dev/null)
	@echo "Building the pages"
	cd web && $(NPM) run build --silent
	@touch $@
