# Needs Python 3.11 or later, git and make; everything else is put into .venv.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: run test cover check lint types imports e2e laws bench fmt messages clean
.DEFAULT_GOAL := run

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Oddlots needs Python 3.11 or later: make run PYTHON=python3.11")'
	$(PYTHON) -m venv .venv

.venv/run-ready: .venv/bin/python requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev-ready: .venv/run-ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: .venv/run-ready  ## The whole desk at http://127.0.0.1:8000 (make run PORT=8080 for another)
	@$(BIN)/python manage.py run_desk --port $(PORT)

test: .venv/dev-ready  ## The tests, without a browser and without services
	$(BIN)/python -m pytest -n 2 -m "not e2e" $(ARGS)

laws: .venv/dev-ready  ## 200,000 random histories of a desk in memory (make laws ARGS=1000 for fewer)
	$(BIN)/python -m episodes.tests.transcripts.histories $(ARGS)

e2e: .venv/dev-ready  ## The journeys in Chromium (Debian: apt-get install chromium fonts-noto-cjk)
	$(BIN)/pytest -m e2e $(ARGS)

lint: .venv/dev-ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/dev-ready
	$(BIN)/mypy

imports: .venv/dev-ready
	$(BIN)/lint-imports

check: lint types imports  ## What CI runs (besides other databases and the browser)
	$(BIN)/python -W error manage.py makemigrations --check --dry-run
	$(BIN)/python -W error manage.py check --fail-level WARNING
	$(MAKE) test

cover: .venv/dev-ready  ## The tests with what they cover (a third slower)
	$(MAKE) test ARGS="--cov --cov-report=term:skip-covered $(ARGS)"

bench: .venv/dev-ready  ## What is measured; see bench/README.md
	$(BIN)/python -m bench $(ARGS)

fmt: .venv/dev-ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: .venv/dev-ready  ## Collect and compile translations (needs GNU gettext)
	$(BIN)/python manage.py makemessages --locale zh_Hans --ignore .venv --ignore var --ignore bench --ignore "*/tests/*" --no-obsolete --no-location
	$(BIN)/python manage.py compilemessages --ignore .venv

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis htmlcov
