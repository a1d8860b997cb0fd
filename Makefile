# make demo: five tracks for the bundled photo, with only what a Pi needs. make test: everything else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PHOTO := tests/data/eileen_collins.jpg

.PHONY: demo test test-long bench lint types check clean

demo: $(VENV)/.pi
	$(BIN)/moodpi recommend $(PHOTO)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -m "not long"

test-long: $(VENV)/.dev
	$(BIN)/python -m pytest

bench: $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/codespell

types: $(VENV)/.dev
	$(BIN)/mypy

check: lint types test

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.pi: setup.py pyproject.toml | $(BIN)/python
	@echo "Installing what the Pi needs into $(VENV) ..."
	$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.pi
	@echo "Installing training, conversion and test tools into $(VENV) (several minutes) ..."
	$(PIP) install --quiet --editable '.[all,dev]'
	@touch $@
