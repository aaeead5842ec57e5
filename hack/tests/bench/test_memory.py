# SPDX-License-Identifier: GPL-3.0-or-later
"""How the bench tells the memory of the processes below a process."""

import os
import subprocess
import sys

import pytest

from hack.bench.memory import descendants, parent_in, pss_below, pss_in

ROLLUP = """\
55da34840000-7ffceac8e000 ---p 00000000 00:00 0                          [rollup]
Rss:                4032 kB
Pss:                1014 kB
Pss_Dirty:           597 kB
SwapPss:               3 kB
"""


def test_the_proportional_set_size_is_read() -> None:
    assert pss_in(ROLLUP) == 1014 * 1024


def test_a_process_that_has_ended_takes_nothing() -> None:
    assert pss_in("") == 0


def test_another_form_of_the_file_is_an_error() -> None:
    with pytest.raises(ValueError, match="no Pss"):
        pss_in("Rss: 4032 kB\n")


@pytest.mark.parametrize("name", ["python3", "tmux: server", "a) R 1 (b"])
def test_the_parent_is_read_whatever_the_command_is_called(name: str) -> None:
    assert parent_in(f"4711 ({name}) S 12 4711 4711 0 -1") == 12


def test_all_generations_are_descendants() -> None:
    parents = {1: 0, 2: 1, 3: 2, 4: 3, 5: 1, 6: 5}
    assert descendants(2, parents) == {3, 4}
    assert descendants(6, parents) == set()


def test_only_what_is_below_a_process_counts() -> None:
    before = pss_below(os.getpid())
    command = [sys.executable, "-c", "print(end='x', flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.read(1)
        assert pss_below(os.getpid()) > before
        assert pss_below(child.pid) == 0
        child.communicate(b"\n")
