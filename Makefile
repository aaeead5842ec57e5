# SPDX-License-Identifier: GPL-3.0-or-later
# make demo     bring a local cluster up and its registry to a declared state
# make test     run the unit tests, the recordings of the operator and the tests of the modules on the sandbox
# make content  run the tests of the roles, the playbooks and every example in the documentation on the sandbox
# make unit     run the unit tests alone
# make lint [GATE=mypy]   run every linter, ansible-test sanity and galaxy-importer, or the gates that are named
# make molecule [SCENARIO=route]   run Molecule's scenarios of the roles and playbooks
# make bench    measure the modules side by side with other ways (docs/performance.md)
# make faults   converge under 300 kinds of trouble, one after another
# make docs     build the site of the documentation; make artifact builds the collection's archive
# make sandbox  start the local cluster; make down stops it; make clean removes all that was made

.DEFAULT_GOAL := help
.PHONY: help prepare artifact lint sandbox demo unit test content retest molecule bench faults docs down clean

PYTHON ?= python3
RUN := .venv/bin/python
comma := ,
# The tests mostly wait, so more of them than cores run at a time; each worker has a sandbox of its own. A cluster of
# yours is one only.
WORKERS ?= $(if $(SANDBOX_KUBECONFIG),0,3)
PYTEST := $(RUN) -m pytest --numprocesses $(WORKERS) --dist loadfile
CONTENT := tests/integration/content
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

test: sandbox
	$(PYTEST) tests/unit tests/transcripts tests/integration --ignore $(CONTENT)

content: sandbox
	$(PYTEST) $(CONTENT)

# What failed when `make test` or `make content` ran last, once more and one after another.
retest: sandbox
	$(RUN) -m pytest --last-failed --last-failed-no-failures none tests

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
	rm -rf .venv .venv-s3 .venv-docs .venv-lint .collections .sandbox* .cache
	rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis
