#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Make the virtual environment .venv-NAME of tools that `make test` does not need, from hack/requirements-NAME.txt.
set -eu

name=$1
venv=.venv-$name
requirements=hack/requirements-$name.txt

cmp -s "$requirements" "$venv/requirements.txt" && exit
echo "preparing the virtual environment $venv (takes a minute or two)"
"${PYTHON:-python3}" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" || {
    echo "error: pip could not install $requirements; its messages above tell why" >&2
    exit 1
}
cp "$requirements" "$venv/requirements.txt"
