# Each target does its own set-up: a new machine needs Python 3.11 or newer, make, and a package index.
PYTHON ?= python3
BIN    := .venv/bin

# Modules are compiled once, whatever the machine says: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test check quick texts lock clean

run: .venv/run  ## start the bot: in Telegram with BOT_TOKEN, in a browser on this machine without
	@exec $(BIN)/certguide serve --deliver

# Half of the tests wait for the clock of something: three workers keep two processors busy.
test: .venv/test check  ## everything CI does
	$(BIN)/pytest -n 3 --cov --cov-report=term-missing:skip-covered --cov-report=json:.coverage.json
	$(BIN)/python tests/coverage_floor.py .coverage.json

check: .venv/test  ## format, lint, types, catalogues, dialogue: before each commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m dialogs.texts --check
	$(BIN)/certguide check

quick: check  ## check, and the tests that need neither aiogram nor a browser
	$(BIN)/pytest -q tests/dialogs tests/bot/store

texts: .venv/run  ## bring the catalogues, and what is known of each page, up to date with the English
	$(BIN)/python -m dialogs.texts
	$(BIN)/python -m dialogs.facts > docs/FACTS.md

LOCK := uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-strip-extras

lock: .venv/test  ## pin every dependency anew
	$(BIN)/pip install --quiet uv
	$(BIN)/$(LOCK) --extra build pyproject.toml -o requirements/run.lock
	$(BIN)/$(LOCK) --extra test -c requirements/run.lock pyproject.toml -o requirements/test.lock

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "certguide needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv

.venv/run: requirements/run.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test: requirements/test.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ .venv/run

clean:
	rm -rf .venv .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
