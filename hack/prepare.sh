#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Make the virtual environment and the collection path that every target of the Makefile works in.
set -eu

python=${PYTHON:-python3}
venv=.venv
requirements=hack/requirements.txt

fail() {
    echo "error: $1" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 || fail "$python was not found; install Python 3.11 or newer, or set PYTHON"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" -V) is too old; install Python 3.11 or newer, or set PYTHON to it"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python cannot make virtual environments; install its venv module (on Debian: apt-get install python3-venv)"

# ansible-playbook finds the collection by this path, wherever the clone lies.
mkdir -p .collections/ansible_collections/okd
ln -sfn ../../.. .collections/ansible_collections/okd/image_registry

if ! cmp -s "$requirements" "$venv/requirements.txt" || ! cmp -s requirements.txt "$venv/runtime-requirements.txt"; then
    echo "preparing the virtual environment $venv (takes a minute or two)"
    "$python" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" ||
        fail "pip could not install $requirements; its messages above tell why"
    cp "$requirements" "$venv/requirements.txt"
    cp requirements.txt "$venv/runtime-requirements.txt"
fi
