# SPDX-License-Identifier: GPL-3.0-or-later
# make demo     bring a local cluster up and its registry to a declared state
# make test     run the unit, transcript and integration tests; make unit, make integration run parts of them
# make lint [GATE=mypy]   run every linter, ansible-test sanity and galaxy-importer, or the gates that are named
# make molecule [SCENARIO=route]   run Molecule's scenarios of the roles and playbooks
# make bench    measure the modules side by side with other ways (docs/performance.md)
# make faults   converge under 300 kinds of trouble, one after another
# make docs     build the site of the documentation; make artifact builds the collection's archive
# make sandbox  start the local cluster; make down stops it; make clean removes all that was made

.DEFAULT_GOAL := help
.PHONY: help prepare artifact lint sandbox demo unit integration test retest molecule bench faults docs down clean

PYTHON ?= python3
RUN := .venv/bin/python
comma := ,
export PYTHON
# Nothing on a loopback address goes through a proxy.
export NO_PROXY := $(if $(NO_PROXY),$(NO_PROXY)$(comma))127.0.0.1
export no_proxy := $(NO_PROXY)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.collections
export PATH := $(CURDIR)/.venv/bin:$(PATH)

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

prepare:
	@sh tests/prepare.sh

lint: prepare
	@sh tests/prepare-tools.sh lint
	.venv-lint/bin/python -m tests.lint $(GATE)

artifact: prepare
	ansible-galaxy collection build --force

sandbox: prepare
	$(RUN) -m tests.sandbox up

demo: sandbox
	$(RUN) -m tests.demo

unit: prepare
	$(RUN) -m pytest tests/unit

integration: sandbox
	$(RUN) -m pytest tests/transcripts tests/integration

# One pytest run, so that one closing line tells the whole result.
test: sandbox
	$(RUN) -m pytest tests/unit tests/transcripts tests/integration

# What failed in the last run, once more.
retest: sandbox
	$(RUN) -m pytest --last-failed --last-failed-no-failures none tests/unit tests/transcripts tests/integration

molecule: prepare
	$(RUN) -m tests.scenarios $(SCENARIO)

bench: sandbox
	$(RUN) -m tests.bench

faults: sandbox
	$(RUN) -m pytest tests/faults
	$(RUN) -m tests.faults --runs 300 --seed 1

docs: prepare
	@sh tests/prepare-tools.sh docs
	@sh docs/docsite/site/build.sh

down:
	@[ ! -x $(RUN) ] || $(RUN) -m tests.sandbox down

clean: down
	rm -rf .venv .venv-s3 .venv-docs .venv-lint .collections .sandbox .cache
	rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis
