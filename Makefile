# Every target works from nothing: it makes its own .venv and, where containers are needed, brings up
# the engine and the images. Nothing here needs a terminal.
PYTHON ?= python3
BIN := .venv/bin
# The second is for what builds our own package, which a newer pip no longer takes from the first.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_BUILD_CONSTRAINT := $(PIP_CONSTRAINT)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help drill test check format bench bench-containers bench-weather proof proof-containers setup setup-all setup-processes clean

help:
	@echo 'make drill    set up what is missing, then run the flagship drills, in containers where it can'
	@echo 'make test     set up what is missing, then lint, types and every test'
	@echo 'make check    format, lint, types, architecture and the tests that need no engine'
	@echo 'make bench    measure: journal and checkers, conductor, simulator'
	@echo 'make bench-containers  measure the stack in containers: writes, heartbeats, a tenth of a CPU (3 minutes)'
	@echo 'make bench-weather     count false failovers in heavy weather, in virtual time'
	@echo 'make proof    defects in drills and schedules, small scopes whole, files and journals fuzzed, 10,000 schedules (hours)'
	@echo 'make proof-containers  SIGKILL for harness, reaper, hub, agent, engine; 200 trials in one stack (an hour or more)'
	@echo '              both go on where they were stopped, as long as the sources are the same'
	@echo 'make format   let ruff format and mend what it can'
	@echo 'make clean    remove what older runs left in the engine, and the virtual environment'

drill: setup
	@$(BIN)/failover-drill run drills/suites/flagship.yaml

test: .venv/dev-installed setup-all setup-processes check
	@echo '== tests of local processes with Toxiproxy'
	@$(BIN)/python -m pytest -m processes
	@echo '== tests that need containers'
	@$(BIN)/python -m pytest -m docker

check: .venv/dev-installed
	@echo '== format, lint, types, architecture'
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@echo '== tests that need no engine'
	@$(BIN)/python -m pytest -m 'not docker and not processes'

format: .venv/dev-installed
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

bench: .venv/dev-installed
	@$(BIN)/python -m tests.bench

bench-containers: .venv/dev-installed setup
	@$(BIN)/python -m tests.bench.containers

bench-weather: .venv/dev-installed
	@$(BIN)/python -m tests.bench.weather

# What takes minutes comes first, and is done again; the rest goes on where it was stopped.
proof: .venv/dev-installed
	@$(BIN)/failover-drill defects
	@$(BIN)/python -m tests.targets.reference.exploration
	@$(BIN)/python -m tests.proof
	@$(BIN)/python -m tests.proof search
	@$(BIN)/python -m tests.proof sweep

# Each goes on where it was stopped, but for the soak: one stack from its first trial to its last.
proof-containers: .venv/dev-installed setup-all
	@$(BIN)/python -m tests.proof kills --of harness --times 50
	@for of in removal reaper hub agent; do $(BIN)/python -m tests.proof kills --of $$of --times 20 || exit 1; done
	@$(BIN)/python -m tests.proof kills --of engine --times 5
	@$(BIN)/python -m tests.proof soak --trials 200

setup: .venv/installed
	@$(BIN)/failover-drill setup

setup-all: .venv/installed
	@$(BIN)/failover-drill setup --all

setup-processes: .venv/installed
	@$(BIN)/failover-drill setup --world processes

clean:
	@if [ -x $(BIN)/failover-drill ]; then $(BIN)/failover-drill clean; fi
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# A stamp, not .venv/bin/python: an environment whose making was interrupted has a python, and no pip.
.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "failover-drill needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3 …" >&2; exit 3; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "== installing python3-venv (this Python cannot make virtual environments)"; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get install -y -q python3-venv || { apt-get update -q && apt-get install -y -q python3-venv; }; } >/dev/null || \
	  { echo "could not install it; as root: apt-get install python3-venv" >&2; exit 3; }; }
	@$(PYTHON) -m venv --clear .venv
	@touch $@

# The development packages include what a run needs, so a run never takes them away again.
.venv/installed: pyproject.toml constraints.txt | .venv/made
	@if [ ! -e .venv/dev-installed ]; then echo '== installing failover-drill into .venv'; \
	  $(BIN)/python -m pip install --quiet --editable . ; \
	  else $(MAKE) --no-print-directory .venv/dev-installed; fi
	@touch $@

.venv/dev-installed: pyproject.toml constraints.txt | .venv/made
	@echo '== installing failover-drill and its development packages into .venv'
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch .venv/dev-installed .venv/installed
