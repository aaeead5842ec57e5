#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Build the static site of the documentation; any warning is an error.
set -eu
cd "$(dirname "$0")/../../.."

site=docs/docsite/site
built=.cache/docs
source=$built/source
tools=$(pwd)/.venv-docs/bin

rm -rf "$built"
mkdir -p "$source"
# antsibull-docs wants a directory that only its owner may write to.
chmod go-w "$source"
"$tools/antsibull-docs" --config-file $site/antsibull-docs.cfg collection --use-current --fail-on-error \
    --dest-dir "$source" okd.image_registry
cp $site/index.rst "$source"
cp -R docs/docsite/rst/images "$source/collections/okd/image_registry/docsite"
mkdir "$source/background"
cp -R docs/*.md docs/rbac "$source/background"
"$tools/sphinx-build" --quiet --fail-on-warning --keep-going -b html -c $site "$source" "$built/html"
echo "the documentation is in $built/html/index.html"
