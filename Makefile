# Every target sets itself up: `make lab` and `make test` work in a fresh clone.
# PYTHON=python3.12 make test   uses another Python (3.11 or newer).

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help setup lab test check build demo bench strings picture clean

help:                      ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml
	@if [ -z "$(PYTHON)" ]; then echo "This course needs Python 3.11 or newer; none was found on PATH. On Debian: apt-get install python3 python3-venv"; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "This course needs Python 3.11 or newer, but $(PYTHON) is $$($(PYTHON) --version 2>&1)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make a virtual environment: its venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "[1/3] .venv with $$($(PYTHON) --version)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "[2/3] pip"
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@echo "[3/3] the course and what its lessons and tests need (a few minutes the first time)"
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --progress-bar on --editable '.[dev]'
	@touch $@

setup: $(READY)            ## make .venv alone
lab: $(READY)              ## open the course in JupyterLab
	@$(BIN)/hlm lab
test: $(READY)             ## run the tests
	@$(BIN)/python -m pytest $(ARGS)
check: $(READY)            ## ruff, then the built notebooks against their sources
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/hlm build --check
build: $(READY)            ## build the lesson notebooks and the assignments
	@$(BIN)/hlm build
demo: $(READY)             ## the instructor's job from end to end, on an example class
	@$(BIN)/hlm demo
bench: $(READY)            ## paired benchmarks against the peers
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done
strings: $(READY)          ## refresh the catalogue of sentences
	@$(BIN)/python -m hlm_teach.locale.strings
picture: $(READY)          ## draw the picture of the README
	@$(BIN)/python -m hlm_teach.picture
clean:                     ## remove what was made, never what was handed in
	rm -rf .venv demo build *.egg-info .pytest_cache .ruff_cache
