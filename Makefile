# make demo: five tracks for the bundled photo, with only what a Pi needs.
# make test: all tests that need no other program. make test-system: those with servers, a browser,
# containers and emulators. make test-long: both, and the soaks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PHOTO := tests/data/eileen_collins.jpg

# Options for pytest, such as TESTFLAGS=--fail-on-skip.
TESTFLAGS ?=

.PHONY: demo test test-system test-long bench pictures states lint types check clean

demo: $(VENV)/.pi
	$(BIN)/moodpi recommend $(PHOTO)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not long and not system" $(TESTFLAGS)

test-system: $(VENV)/.dev
	$(BIN)/python -m pytest -m "system and not long" $(TESTFLAGS)

test-long: $(VENV)/.dev
	$(BIN)/python -m pytest $(TESTFLAGS)

# The pictures of the documentation; FER2013 is the folder of the data set, for three of them.
FER2013 ?= ../shared/data/fer2013
pictures: $(VENV)/.dev
	$(BIN)/python -m tests.pictures.overview
	$(BIN)/python -m tests.pictures.curves
	$(BIN)/python -m tests.pictures.icons
	$(BIN)/python -m tests.pictures.screenshots
	$(BIN)/python -m tests.pictures.animation
	$(BIN)/python -m tests.pictures.mood $(FER2013)/fer2013.csv.gz $(FER2013)/ferplus_votes.csv
	$(BIN)/python -m tests.pictures.confusions $(FER2013)/fer2013.csv.gz $(FER2013)/ferplus_votes.csv
	$(BIN)/python -m tests.pictures.robustness $(FER2013)/fer2013.csv.gz

# Every state of the page, on four screens, into build/states.
states: $(VENV)/.dev
	$(BIN)/python -m tests.pictures.states

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
