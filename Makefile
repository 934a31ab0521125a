# `make` alone prints what can be done.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
CLIENTS := .venv-clients
PEERS := .venv-peers

.DEFAULT_GOAL := help
# Thousands of small databases: in memory, where there is room for them.
SHM := $(shell test -w /dev/shm && df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 1000000 {print "/dev/shm"}')
BASETEMP := $(if $(SHM),--basetemp=$(SHM)/vestnik-tests-$(shell id -u)-$(shell echo $$PPID))

.PHONY: help install install-dev demo demo-reset test test-postgres torture planted check bench picture docs lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

# A stamp is newer than its lock file, so a changed lock installs again.
$(VENV)/run.stamp: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

$(CLIENTS)/stamp: requirements-clients.lock
	test -x $(CLIENTS)/bin/python || $(PYTHON) -m venv $(CLIENTS)
	$(CLIENTS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-clients.lock
	touch $@

$(PEERS)/stamp: requirements-peers.lock
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.lock
	touch $@

install: $(VENV)/run.stamp ## the environment that runs the network
install-dev: $(VENV)/dev.stamp $(CLIENTS)/stamp ## the same with the tools of the developers

demo: install ## the whole network against the sandbox; goes on from the last time
	exec $(PY) main.py demo

demo-reset: ## forget what the demo has kept
	rm -rf var/demo

# What was compiled is kept, whatever the environment says: half of what a short run takes is compiling.
test: install-dev ## all tests
	PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 2 --dist loadgroup $(BASETEMP)

test-postgres: install-dev ## all tests that keep something, on PostgreSQL alone
	PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 2 --dist loadgroup $(BASETEMP) --database=postgresql tests/storage tests/newsroom tests/bots tests/broadcaster tests/journeys

torture: install-dev ## the long campaigns: kills anywhere and at every named point, random walks of everybody, every single call failing
	VESTNIK_KILLS=200 VESTNIK_ROUNDS=30 VESTNIK_RESTARTS=10 VESTNIK_SENDS=1000 VESTNIK_UPDATES=10000 VESTNIK_WALKS=200 VESTNIK_CALLS=all $(PY) -m pytest -n 2 --dist loadgroup $(BASETEMP) tests/journeys/test_kills.py tests/journeys/test_workers.py tests/journeys/test_database_away.py tests/journeys/test_named_kills.py tests/journeys/test_killed_migration.py tests/journeys/test_updates.py tests/journeys/test_nth_call.py tests/bots/test_everybody.py

planted: install-dev ## bugs planted in a copy, one at a time: do the tests catch them?
	$(PY) -m tests.planted

check: install-dev ## style, types, import floors
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

bench: install-dev $(PEERS)/stamp ## speed, printed beside what is required and what others do
	$(PY) -m bench table --full
	$(PY) -m bench
	$(PY) -m bench sandbox

picture: install-dev ## make the pictures of README and guides again (needs Chromium)
	$(PY) docs/picture.py

docs: install-dev ## write the tables of docs/sandbox.md from the code
	$(PY) -m sandbox.manual docs/sandbox.md

lock: ## make the lock files again from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group clients -o requirements-clients.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group peers -o requirements-peers.lock

clean: ## remove what was built
	rm -rf $(VENV) $(CLIENTS) $(PEERS) .mypy_cache .ruff_cache .pytest_cache
