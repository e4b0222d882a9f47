# Thin lines only: what they call has its own --help.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
FUNNEL := $(VENV)/bin/funnel

.PHONY: help run test test-fast faults bench dashboard dev sql pull-tools lint format lock clean

help:  ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

run: $(VENV)/run.ok  ## Set up, then landing folder to published tables (demo data where it is empty)
	@$(FUNNEL) run

test: $(VENV)/test.ok  ## Set up with the test tools, then the whole suite on two cores
	@$(VENV)/bin/pytest -n 2 --no-loadscope-reorder

test-fast: $(VENV)/test.ok  ## The suite without its slow tests
	@$(VENV)/bin/pytest -m "not slow and not faults"

faults: $(VENV)/test.ok  ## kill -9 two hundred times, full disks, damaged files (FAULT_KILLS=200)
	@FAULT_KILLS=$${FAULT_KILLS:-200} $(VENV)/bin/pytest tests/faults -m "faults or not faults"

bench: $(VENV)/run.ok $(VENV)-bench/bench.ok  ## Measure against other ways (minutes; sizes: make bench ARGS="--help")
	@$(VENV)/bin/python -m bench $(ARGS)

dev: $(VENV)/run.ok  ## Dagster's UI on http://127.0.0.1:3000 (takes about a minute to start)
	@$(FUNNEL) dev

dashboard: $(VENV)/run.ok  ## Open the page of the newest refresh
	@$(FUNNEL) dashboard

sql: $(VENV)/run.ok  ## An SQL prompt on the published tables, read-only
	@$(FUNNEL) sql

pull-tools: $(VENV)/pull.ok  ## Install what pulls from APIs and databases need (docs/pulls.md)

lint: $(VENV)/test.ok  ## Style, types
	@$(VENV)/bin/ruff format --check orchestration bench tests
	@$(VENV)/bin/ruff check orchestration bench tests
	@$(VENV)/bin/pyright

format: $(VENV)/test.ok  ## Rewrite Python in the project's style
	@$(VENV)/bin/ruff format orchestration bench tests
	@$(VENV)/bin/ruff check --fix orchestration bench tests

lock: $(VENV)/run.ok  ## Renew requirements/*.txt from pyproject.toml
	@scripts/lock

clean:  ## Delete what can be made again: environment, warehouse, caches; no data
	@rm -rf $(VENV) $(VENV)-bench dbt_project/target *.egg-info data/warehouse
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/run.ok: requirements/uv.txt requirements/run.txt scripts/setup
	@scripts/setup run

$(VENV)/pull.ok: requirements/uv.txt requirements/pull.txt scripts/setup
	@scripts/setup pull

$(VENV)/test.ok: requirements/uv.txt requirements/test.txt scripts/setup
	@scripts/setup test

$(VENV)-bench/bench.ok: $(VENV)/run.ok requirements/bench.txt
	@echo "Installing what the benchmark compares with and draws with (400 MB, once) …"
	@$(VENV)/bin/python -m venv --clear $(VENV)-bench
	@$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--require-hashes -r requirements/bench.txt
	@touch $@
