# One file of targets; CI runs the same ones. Needs only git, make and Python 3.11 or later.
#
#   make demo     a node with a bundled matchday in the browser
#   make test     everything: check, then real processes, simulation and adversity; installs what it needs
#   make check    the quick half: style, types, imports, unit, contract and tidy tests, without real recordings,
#                 slow tests, and with fewer examples of each property
#   make workers  the tests of real nodes once more, on nodes with workers: longer than make test has patience for
#   make distributed  all of them once more over Kafka, PostgreSQL and Redis; make test does so with a few
#   make faults   every fault of a whole site in turn, for the table of docs/reliability.md: a quarter of an hour
#   make services    Redis, PostgreSQL and Kafka for trials, until Ctrl-C; SERVICES="redis kafka" starts a few
#   make docs     write the generated pages again
#   make clean    remove what the targets above have made

VENV   := .venv
BIN    := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
JOBS   ?= 2
# Of each property that is tested on examples; make test has as many as hypothesis takes by itself.
EXAMPLES ?= 40
QUICK  := tests/unit tests/contract tests/test_tidy.py tests/test_conftest.py tests/test_once_more.py
# Long files first, for two who share them should end at the same time.
WHOLE  := $(wildcard tests/faults tests/adversity tests/backends tests/e2e tests/sim tests/services)
# What is the same over Kafka, PostgreSQL and Redis, and quick: all of it is `make distributed`.
SHARED := $(wildcard $(patsubst %,tests/e2e/test_%.py,node follows kept_answers desk two_providers))
NOT_RUN := .pytest_cache/not-run
FAILED_ONCE := .pytest_cache/failed-once

.DEFAULT_GOAL := check
.PHONY: demo test check style types imports unit recordings whole workers distributed faults docs services browser servers report clean

demo: $(VENV)/.base
	@exec $(BIN)/scorewire demo $(DEMO)

test: browser servers
	@rm -rf $(NOT_RUN) $(FAILED_ONCE)*
	@$(MAKE) --no-print-directory EXAMPLES=100 check recordings whole
	@$(MAKE) --no-print-directory report

check: style types imports unit

style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

unit: $(VENV)/.dev
	SCOREWIRE_TEST_EXAMPLES=$(EXAMPLES) \
		$(PYTEST) -n $(JOBS) --dist worksteal -q -m "not data and not slow" $(wildcard $(QUICK))

# The same kinds of tests, on the recordings beside the project, and those that take seconds each.
recordings: $(VENV)/.dev
	$(PYTEST) -n $(JOBS) --dist worksteal -q -m "data or slow" $(wildcard $(QUICK))

whole: $(VENV)/.dev
	@sh .ci/once-more $(BIN)/python -n $(JOBS) --dist loadfile --no-loadscope-reorder \
		--durations=25 --durations-min=5 $(WHOLE)
	@SCOREWIRE_TEST_PROFILE=distributed sh .ci/once-more $(BIN)/python -n $(JOBS) --dist worksteal \
		--durations=5 --durations-min=5 $(SHARED)

faults: $(VENV)/.dev servers
	SCOREWIRE_FAULTS=all $(PYTEST) -v tests/faults

services: $(VENV)/.dev servers
	@PYTHONPATH=tests exec $(BIN)/python -m services $(SERVICES)

workers: $(VENV)/.dev
	SCOREWIRE_TEST_WORKERS=2 $(PYTEST) -n $(JOBS) --dist loadfile tests/e2e

distributed: $(VENV)/.dev servers
	SCOREWIRE_TEST_PROFILE=distributed $(PYTEST) -n $(JOBS) --dist loadfile tests/e2e

docs: $(VENV)/.base
	$(BIN)/scorewire config page > docs/configuration.md
	$(BIN)/python -m scorewire.sports.document > docs/events.md
	$(BIN)/python -m scorewire.providers.document > docs/providers.md
	$(BIN)/python -m scorewire.stats.standings.document > docs/standings.md
	$(BIN)/python -m scorewire.stats.lines.document > docs/statistics.md
	-@$(BIN)/python tests/coverage_page.py > docs/coverage.new && mv docs/coverage.new docs/coverage.md
	@rm -f docs/coverage.new
	$(BIN)/python -c "from scorewire.metrics import page; print(page(), end='')" > docs/metrics.md
	$(BIN)/python -c "from scorewire.api.problems import page; print(page(), end='')" > docs/problems.md
	$(BIN)/python -m scorewire.bench.steps.page \
		benchmarks/results/steps.json docs/design-fan-out.md docs/images/fan-out-steps.svg
	$(BIN)/python -m scorewire.planner.reference benchmarks/results
	$(BIN)/scorewire plan --figures benchmarks/results --page docs/plan.md > /dev/null
	$(BIN)/python tests/reliability_page.py
	$(BIN)/scorewire bench table benchmarks/results --render \
		--page benchmarks/README.md --front README.md > /dev/null

# Kept last so that nobody has to scroll back for what was not tested, or failed by chance.
report:
	@cat $(NOT_RUN)/* 2>/dev/null || echo "Everything ran: nothing was left out."
	@cat $(FAILED_ONCE)* 2>/dev/null || true

browser:
	@sh .ci/browser

servers:
	@sh .ci/servers

$(VENV)/bin/python:
	@sh .ci/venv $(VENV)

$(VENV)/.base: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Scorewire runs on into $(VENV) (once; a minute or two) ..."
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements/base.txt
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/distributed.txt $(VENV)/.base
	@echo "Installing what the tests and the distributed profile need ..."
	$(BIN)/python -m pip install --disable-pip-version-check \
		-r requirements/dev.txt -r requirements/distributed.txt
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
