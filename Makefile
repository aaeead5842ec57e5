# SPDX-License-Identifier: GPL-3.0-or-later
# make demo   bring a local cluster up and its registry to a declared state
# make test   everything that is tested
# The rest are parts of these two.

.DEFAULT_GOAL := help
.PHONY: help prepare lint sandbox demo unit integration test down clean

PYTHON ?= python3
RUN := .venv/bin/python
export PYTHON
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.collections
export PATH := $(CURDIR)/.venv/bin:$(PATH)

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

prepare:
	@sh tests/prepare.sh

lint: prepare
	$(RUN) -m ruff check --output-format concise .
	$(RUN) -m ruff format --check .

sandbox: prepare
	$(RUN) -m tests.sandbox up

demo: sandbox
	$(RUN) -m tests.demo

unit: prepare
	$(RUN) -m pytest tests/unit

integration: sandbox
	$(RUN) -m pytest tests/transcripts tests/integration

# One pytest run, so that one closing line tells the whole result.
test: lint sandbox
	$(RUN) -m pytest tests

down:
	@[ ! -x $(RUN) ] || $(RUN) -m tests.sandbox down

clean: down
	rm -rf .venv .venv-s3 .collections .sandbox .pytest_cache .ruff_cache .hypothesis
