# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection is loaded from when an action plugin is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.state import REPOSITORY

# As Ansible does it: by its own loader, which finds the collection.
PROGRAM = """
import gc
import sys
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader()
before = list(sys.meta_path)
from ansible_collections.okd.image_registry.plugins.action import registry
assert registry.ActionModule.engine.run, registry.ActionModule.engine.missing
assert sys.meta_path == before
assert gc.get_freeze_count()
ours = [name for name in sys.modules if name.startswith("ansible_collections.okd.")]
by_ansible = [name for name in ours if "Ansible" in type(sys.modules[name].__loader__).__name__]
files = [name.rpartition(".")[2] for name in by_ansible if not hasattr(sys.modules[name], "__path__")]
assert sorted(files) == ["_compiled", "registry"], files
from ansible_collections.okd.image_registry.plugins.module_utils import _converge
print(_converge.__cached__ or "")
"""


def load(cache: Path) -> Path:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / ".collections"), "PYTHONPYCACHEPREFIX": str(cache)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def test_what_was_compiled_is_kept(tmp_path: Path) -> None:
    compiled = load(tmp_path)
    assert tmp_path in compiled.parents
    first = compiled.stat().st_mtime_ns
    assert load(tmp_path) == compiled
    assert compiled.stat().st_mtime_ns == first


@pytest.mark.parametrize("content", [b"", b"not compiled"])
def test_a_damaged_file_is_compiled_again(tmp_path: Path, content: bytes) -> None:
    compiled = load(tmp_path)
    whole = compiled.read_bytes()
    compiled.write_bytes(content)
    load(tmp_path)
    assert compiled.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("")
    assert not load(occupied).exists()
