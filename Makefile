# SPDX-License-Identifier: GPL-3.0-or-later
# make demo     bring a local cluster up and its registry to a declared state
# make test     run the unit tests and the tests of the modules on the sandbox
# make unit     run the unit tests alone
# make coverage run the tests of make test and tell which lines and branches of the plugins they leave out
# make images   look for sequences of tasks, edits and pauses that cost images without consent (a share is in make unit)
# make mutants [MODULE=loss]   show which changes of the code that decides no test notices (hours)
# make content  run the tests of the roles, the playbooks and every example in the documentation on the sandbox
# make cores [CORE=2.16]   compare tasks in Ansible's worker with modules, on each supported ansible-core (docs/hosts.md)
# make lint [GATE=mypy]   run every linter, ansible-test sanity and galaxy-importer, or the gates that are named
# make molecule [SCENARIO=routes]   run Molecule's scenarios of the roles and playbooks
# make sandbox-test   test the sandbox itself: its parts, and its stand-ins against recordings of the real operator
# make hack-test      test what developers run: generator, measurements, documentation
# make bench    measure the modules side by side with other ways (docs/performance.md)
# make faults   converge under 300 storms of faults and 100 restarts of the API server, RUNS=10 RESTARTS=10 fewer, in
#               both places where a task can run (docs/hosts.md)
# make docs     build the site of the documentation; make artifact builds the collection's archive
# make sandbox  start the local cluster; make down stops it; make clean removes all that was made

.DEFAULT_GOAL := help
.PHONY: help prepare artifact lint sandbox demo unit test cores coverage coverage-report sandbox-test hack-test content retest
.PHONY: images mutants molecule bench faults docs down clean

PYTHON ?= python3
RUN := .venv/bin/python
comma := ,
# The tests mostly wait, so more of them than cores run at a time; each worker has a sandbox of its own. A cluster of
# yours is one only.
WORKERS ?= $(if $(SANDBOX_KUBECONFIG),0,3)
# How many storms and how many restarts make faults goes through.
RUNS ?= 300
RESTARTS ?= 100
# MEASURE=yes has the plugins' coverage measured; make coverage-report tells it.
PYTEST := $(RUN) $(if $(MEASURE),-m coverage run) -m pytest --numprocesses $(WORKERS) --dist loadfile
CONTENT := tests/integration/content
STEPS ?= 20000
export PYTHON
# Nothing on a loopback address goes through a proxy.
export NO_PROXY := $(if $(NO_PROXY),$(NO_PROXY)$(comma))127.0.0.1
export no_proxy := $(NO_PROXY)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.collections
export PATH := $(CURDIR)/.venv/bin:$(PATH)

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

prepare:
	@sh hack/prepare.sh

lint: prepare
	@sh hack/prepare-tools.sh lint
	.venv-lint/bin/python -m hack.lint $(GATE)

artifact: prepare
	$(RUN) -m hack.artifact

sandbox: prepare
	$(RUN) -m sandbox up

demo: sandbox
	$(RUN) -m hack.demo

unit: prepare
	$(RUN) -m pytest tests/unit

test: sandbox
	$(if $(MEASURE),$(RUN) -m coverage erase)
	$(PYTEST) tests/unit tests/integration --ignore $(CONTENT)

images: prepare
	IMAGES_STEPS=$(STEPS) $(RUN) -m pytest tests/unit/images

mutants: prepare
	@sh hack/prepare-tools.sh mutants
	$(RUN) -m hack.mutants $(MODULE)

coverage:
	$(MAKE) test MEASURE=yes
	$(MAKE) coverage-report

coverage-report: prepare
	$(RUN) -m coverage combine --keep --quiet
	$(RUN) -m coverage report

cores: sandbox
	$(RUN) -m hack.cores $(CORE)

sandbox-test: sandbox
	$(PYTEST) sandbox/tests

hack-test: prepare
	$(RUN) -m pytest hack/tests

content: sandbox
	$(PYTEST) $(CONTENT)

# What failed in the tests that ran last, once more and one after another.
retest: sandbox
	$(RUN) -m pytest --last-failed --last-failed-no-failures none

molecule: prepare
	$(RUN) -m hack.scenarios $(SCENARIO)

bench: sandbox
	$(RUN) -m hack.bench

faults: sandbox
	$(PYTEST) tests/faults
	$(RUN) -m tests.faults --runs $(RUNS) --seed 1
	$(RUN) -m tests.faults --runs $(RESTARTS) --seed 1 --outage api_server

docs: prepare
	@sh hack/prepare-tools.sh docs
	@sh docs/docsite/site/build.sh

down:
	@[ ! -x $(RUN) ] || $(RUN) -m sandbox down

clean: down
	rm -rf .venv .venv-s3 .venv-docs .venv-lint .venv-mutants .collections .sandbox* .cache
	rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis
