# Everything is run from a clone, in an environment of its own (.venv).
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: help install demo test check findings bench clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[models,dev]'
	@touch $@

install: $(INSTALLED)  ## make .venv with everything in it

demo: $(INSTALLED)  ## simulate the bundled scenario, print its table, write its report
	$(BIN)/splitcast demo

check: $(INSTALLED)  ## static checks: lint, format, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check  ## everything CI runs: the static checks, then all tests with coverage
	$(BIN)/coverage erase
	$(BIN)/python -m pytest --numprocesses auto --cov --cov-report=
	$(BIN)/coverage report

findings: $(INSTALLED)  ## rerun the bundled scenarios and rewrite the README's findings table
	$(BIN)/splitcast findings

bench: $(INSTALLED)  ## measure speed: process CPU time and ratios taken in one run
	$(BIN)/python -m tests.bench

clean:  ## remove what was built, keep what was committed
	rm -rf .venv build results .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache
